"""What azd runs around a deployment."""
