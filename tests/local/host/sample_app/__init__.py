"""An app for the tests of the local host. A package only so that type checkers do not take it for the product's own."""
