"""Tools for developing this package. They need a checkout and are not in the wheel."""
