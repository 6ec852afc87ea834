//! What WHMCS and Contabo said, and when.
