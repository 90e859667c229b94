"""Is a password on a list of leaked ones? Asked by k-anonymity: five hexadecimal digits of its SHA-1 leave, no more."""
