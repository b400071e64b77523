"""Tests on the running local stack: real storage, the real worker library, stand-ins for what cannot be had."""
