//! Modules that can be switched on and configured.

use crate::whmcs::State;
use crate::whmcs::model::system::Module;

type FieldLine = (&'static str, &'static str, &'static str, &'static str);

pub(super) fn lay(state: &mut State) {
    let gateway: &[FieldLine] = &[("name", "Display Name", "text", "")];
    let paypal: &[FieldLine] = &[
        ("name", "Display Name", "text", "PayPal"),
        ("email", "PayPal Email", "text", "billing@nordlicht.example"),
        ("forcesubscriptions", "Force Subscriptions", "yesno", ""),
    ];
    let stripe: &[FieldLine] = &[
        ("name", "Display Name", "text", "Credit Card"),
        ("publishableKey", "Publishable Key", "text", "pk_sandbox_51"),
        ("secretKey", "Secret Key", "password", "sk_sandbox_notarealkey"),
    ];
    let registrar: &[FieldLine] = &[
        ("Username", "Username", "text", "nordlicht"),
        ("Password", "Password", "password", "sandbox"),
        ("TestMode", "Test Mode", "yesno", "on"),
    ];
    let all: [(&str, &str, &str, bool, &[FieldLine]); 14] = [
        ("gateway", "stripe", "Stripe", true, stripe),
        ("gateway", "paypal", "PayPal", true, paypal),
        ("gateway", "banktransfer", "Bank Transfer", true, gateway),
        ("gateway", "gocardless", "GoCardless", true, gateway),
        ("gateway", "mailin", "Mail In Payment", true, gateway),
        ("gateway", "authorize", "Authorize.net", false, gateway),
        ("registrar", "enom", "Enom", true, registrar),
        ("registrar", "resellerclub", "ResellerClub", true, registrar),
        ("registrar", "nominet", "Nominet", true, registrar),
        ("registrar", "opensrs", "OpenSRS", false, registrar),
        ("addon", "project_management", "Project Management", true, &[("masteradmins", "Master Admins", "text", "1")]),
        ("addon", "licensing", "Licensing", false, &[]),
        ("fraud", "fraudlabs", "FraudLabs Pro", true, &[("apiKey", "API Key", "password", "sandbox")]),
        ("notification", "slack", "Slack", false, &[("oauthToken", "OAuth Token", "password", "")]),
    ];
    state.modules = all
        .into_iter()
        .map(|(kind, name, label, active, fields)| Module {
            kind,
            name,
            label,
            active,
            fields: fields
                .iter()
                .map(|(name, label, kind, value)| (*name, *label, *kind, (*value).to_owned()))
                .collect(),
        })
        .collect();
}
