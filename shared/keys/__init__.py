"""Keys that seal, hash and sign what the product keeps or sends."""
