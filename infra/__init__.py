"""The deployment: Bicep, azd's hooks, an administrator's scripts, and what checks them."""
