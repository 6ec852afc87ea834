//! Facts and settings of the installation.

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::action::actions;
use crate::actions::Done;
use crate::lenient::{open_enum, record};
use crate::php::PhpValue;
use crate::secret::Secret;

open_enum! {
    /// Colour of a status in a notification.
    StatusStyle { Success = "success", Danger = "danger", Info = "info" }
}

record! {
    /// Version of WHMCS.
    Version {
        /// E.g. `8.13.1`.
        version: String,
        /// E.g. `8.13.1-release.1`.
        canonicalversion: String,
    }
}

record! {
    /// What is installed.
    Installation {
        whmcs: Option<Version>,
    }
}

record! {
    /// A currency.
    Currency {
        id: Option<u64>,
        /// ISO 4217.
        code: String,
        prefix: String,
        suffix: String,
        /// How numbers are written: 1 to 4.
        format: Option<u64>,
        /// To the default currency.
        rate: Option<Decimal>,
    }
}

record! {
    /// Currencies.
    Currencies {
        totalresults: Option<u64>,
        currencies in "currency": Vec<Currency>,
    }
}

record! {
    /// A payment gateway.
    PaymentMethod {
        module: String,
        displayname: String,
    }
}

record! {
    /// Payment gateways that are switched on.
    PaymentMethods {
        totalresults: Option<u64>,
        paymentmethods in "paymentmethod": Vec<PaymentMethod>,
    }
}

record! {
    /// A setting; it may be a password or a token (quirk 67).
    ConfigurationValue {
        setting: String,
        value: Secret,
    }
}

record! {
    /// Whether a setting was changed.
    ConfigurationChanged {
        value_changed: Option<bool>,
    }
}

record! {
    /// Text encrypted or decrypted with the installation's key.
    Password {
        password: Secret,
    }
}

record! {
    /// The ban that was made.
    BanRef {
        banid: Option<u64>,
    }
}

actions! {
    System;

    /// Version of WHMCS (8.0 and later). Permissions may forbid it (quirk 73). <https://developers.whmcs.com/api-reference/whmcsdetails/>
    WhmcsDetails: Read, Quick => Installation {}

    /// Currencies. <https://developers.whmcs.com/api-reference/getcurrencies/>
    GetCurrencies: Read, Quick => Currencies {}

    /// Payment gateways. <https://developers.whmcs.com/api-reference/getpaymentmethods/>
    GetPaymentMethods: Read, Quick => PaymentMethods {}

    /// One setting. Never let a customer's text choose which (quirk 67).
    /// <https://developers.whmcs.com/api-reference/getconfigurationvalue/>
    GetConfigurationValue: Read, Quick, secret SECRET_FIELDS_AND_VALUE => ConfigurationValue {
        needs { setting: String, }
    }

    /// Changes a setting; documented for the installation's own code only (quirk 14).
    /// <https://developers.whmcs.com/api-reference/setconfigurationvalue/>
    SetConfigurationValue: Idempotent, Quick, secret SECRET_FIELDS_AND_VALUE => ConfigurationChanged {
        needs {
            setting: String,
            /// Empty removes it.
            value: Secret,
        }
    }

    /// Encrypts a text with the installation's key, each time differently.
    /// <https://developers.whmcs.com/api-reference/encryptpassword/>
    EncryptPassword: Read, Quick => Password {
        needs { password2: Secret, }
    }

    /// Decrypts what EncryptPassword made. <https://developers.whmcs.com/api-reference/decryptpassword/>
    DecryptPassword: Read, Quick => Password {
        needs { password2: Secret, }
    }

    /// Bans an address, for `days` or until `expires`. <https://developers.whmcs.com/api-reference/addbannedip/>
    AddBannedIp: Once, Quick => BanRef {
        needs {
            ip: String,
            /// For admins only.
            reason: String,
        }
        may {
            /// Documented as a must, yet `expires` can stand for it (quirk 59).
            days: u64,
            expires: DateTime,
        }
    }

    /// Raises a notification. <https://developers.whmcs.com/api-reference/triggernotificationevent/>
    TriggerNotificationEvent: Once, External => Done {
        may {
            notification_identifier: String,
            title: String,
            message: String,
            url: String,
            status: String,
            status_style as "statusStyle": StatusStyle,
            /// A list of `label`, `value`, `url`, `style`, `icon`.
            attributes: PhpValue,
        }
    }
}
