/// What a profile may keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretName {
    /// WHMCS API identifier.
    WhmcsIdentifier,
    /// WHMCS API secret.
    WhmcsSecret,
    /// WHMCS API access key.
    WhmcsAccessKey,
    /// Contabo OAuth2 client id.
    ContaboClientId,
    /// Contabo OAuth2 client secret.
    ContaboClientSecret,
    /// Contabo API password.
    ContaboPassword,
    /// Key of the profile's database, 64 hexadecimal digits.
    DatabaseKey,
}

impl SecretName {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::WhmcsIdentifier,
        Self::WhmcsSecret,
        Self::WhmcsAccessKey,
        Self::ContaboClientId,
        Self::ContaboClientSecret,
        Self::ContaboPassword,
        Self::DatabaseKey,
    ];

    /// Name in the keychain and in a credentials directory.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WhmcsIdentifier => "whmcs_identifier",
            Self::WhmcsSecret => "whmcs_secret",
            Self::WhmcsAccessKey => "whmcs_access_key",
            Self::ContaboClientId => "contabo_client_id",
            Self::ContaboClientSecret => "contabo_client_secret",
            Self::ContaboPassword => "contabo_password",
            Self::DatabaseKey => "database_key",
        }
    }
}
