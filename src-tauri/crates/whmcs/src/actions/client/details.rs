//! Everything about one client.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::action::actions;
use crate::actions::ClientStatus;
use crate::lenient::{Fit, FormattedMoney, Lenient, Record, record};

record! {
    /// Which kinds of mail a client gets.
    MailKinds {
        general: Option<bool>,
        invoice: Option<bool>,
        support: Option<bool>,
        product: Option<bool>,
        domain: Option<bool>,
        affiliate: Option<bool>,
    }
}

record! {
    /// A custom field and its value.
    FieldValue {
        id: Option<u64>,
        value: String,
    }
}

record! {
    /// A login user of a client.
    ClientUser {
        id: Option<u64>,
        name: String,
        email: String,
        is_owner: Option<bool>,
    }
}

record! {
    /// A client in full.
    Client {
        client_id: Option<u64>,
        /// The login user that owns it.
        owner_user_id: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        id: Option<u64>,
        uuid: String,
        firstname: String,
        lastname: String,
        fullname: String,
        companyname: String,
        email: String,
        address1: String,
        address2: String,
        city: String,
        fullstate: String,
        state: String,
        postcode: String,
        /// Two letters, ISO 3166.
        countrycode: String,
        country: String,
        phonenumber: String,
        tax_id: String,
        email_preferences: Option<MailKinds>,
        statecode: String,
        countryname: String,
        phonecc: String,
        phonenumberformatted: String,
        telephone_number as "telephoneNumber": String,
        /// Contact that invoices go to; 0 is the client itself.
        billingcid: Option<u64>,
        /// For admins only.
        notes: String,
        /// Currency id.
        currency: Option<u64>,
        defaultgateway: String,
        /// Client group; 0 is none.
        groupid: Option<u64>,
        status: ClientStatus,
        /// Credit balance in the client's currency.
        credit: Option<Decimal>,
        taxexempt: Option<bool>,
        latefeeoveride: Option<bool>,
        overideduenotices: Option<bool>,
        separateinvoices: Option<bool>,
        disableautocc: Option<bool>,
        emailoptout: Option<bool>,
        marketing_emails_opt_in: Option<bool>,
        overrideautoclose: Option<bool>,
        allow_single_sign_on as "allowSingleSignOn": Option<bool>,
        email_verified: Option<bool>,
        language: String,
        is_opted_in_to_marketing_emails as "isOptedInToMarketingEmails": Option<bool>,
        /// HTML: date, address and host in one text (quirk 46).
        lastlogin: String,
        /// ISO 4217.
        currency_code: String,
        customfields bare "customfield": Vec<FieldValue>,
        users in "user": Vec<ClientUser>,
    }
}

record! {
    /// Counts and sums of a client. Money is written for people (quirk 28).
    ClientStats {
        numdueinvoices: Option<u64>,
        dueinvoicesbalance: FormattedMoney,
        incredit: Option<bool>,
        creditbalance: FormattedMoney,
        gross_revenue as "grossRevenue": FormattedMoney,
        expenses: FormattedMoney,
        income: FormattedMoney,
        numoverdueinvoices: Option<u64>,
        overdueinvoicesbalance: FormattedMoney,
        num_draft_invoices as "numDraftInvoices": Option<u64>,
        draft_invoices_balance as "draftInvoicesBalance": FormattedMoney,
        numunpaidinvoices: Option<u64>,
        unpaidinvoicesamount: FormattedMoney,
        numpaidinvoices: Option<u64>,
        paidinvoicesamount: FormattedMoney,
        numcancelledinvoices: Option<u64>,
        cancelledinvoicesamount: FormattedMoney,
        numrefundedinvoices: Option<u64>,
        refundedinvoicesamount: FormattedMoney,
        numcollectionsinvoices: Option<u64>,
        collectionsinvoicesamount: FormattedMoney,
        numpaymentpendinginvoices: Option<u64>,
        paymentpendinginvoicesamount: FormattedMoney,
        productsnumactivehosting: Option<u64>,
        productsnumhosting: Option<u64>,
        productsnumactivereseller: Option<u64>,
        productsnumreseller: Option<u64>,
        productsnumactiveservers: Option<u64>,
        productsnumservers: Option<u64>,
        productsnumactiveother: Option<u64>,
        productsnumother: Option<u64>,
        productsnumactive: Option<u64>,
        productsnumtotal: Option<u64>,
        numactivedomains: Option<u64>,
        numdomains: Option<u64>,
        numacceptedquotes: Option<u64>,
        numquotes: Option<u64>,
        numtickets: Option<u64>,
        numactivetickets: Option<u64>,
        numaffiliatesignups: Option<u64>,
        is_affiliate as "isAffiliate": Option<bool>,
    }
}

record! {
    /// A client and, when asked for, its counts and sums.
    ClientDetails {
        client: Option<Client>,
        stats: Option<ClientStats>,
    }
}

/// The client is repeated at the top, where old versions have it only (quirk 63). `client` is read, the repetition is
/// forgotten, and without `client` the top is taken for it. `customfields1` and so on repeat the list of values.
fn one_client(details: &mut ClientDetails) {
    if details.client.is_none() {
        let top = details.extra.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Ok(Fit::Fits(client)) = Client::read(Value::Object(top))
            && (client.id.or(client.userid).or(client.client_id).is_some())
        {
            details.extra = client.extra.clone();
            details.client = Some(Client { extra: Default::default(), ..client });
        }
    }
    let Some(client) = &mut details.client else { return };
    let is_numbered = |name: &str| {
        name.strip_prefix("customfields").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let repeated = |name: &str| Client::NAMES.iter().any(|(known, _)| *known == name) || is_numbered(name);
    let names: Vec<String> = details.extra.iter().map(|(name, _)| name.clone()).filter(|name| repeated(name)).collect();
    for name in names {
        details.extra.take(&name);
    }
    let names: Vec<String> = client
        .extra
        .iter()
        .map(|(name, _)| name.clone())
        .filter(|name| name != "customfields" && is_numbered(name))
        .collect();
    for name in names {
        client.extra.take(&name);
    }
}

actions! {
    Client;

    /// One client in full, named by id or by mail address. <https://developers.whmcs.com/api-reference/getclientsdetails/>
    GetClientsDetails: Read, Quick => ClientDetails {
        may {
            /// The client; or `email`.
            clientid: u64,
            email: String,
            /// Add counts and sums, which takes WHMCS longer.
            stats: bool,
        }
    } settle one_client;
}
