//! Domains through Contabo. Ordering one costs money.

use jiff::Timestamp;

use crate::lenient::Stamp;
use crate::reply::{Done, Reply, Unreadable};
use crate::secret::Secret;

open_enum! {
    /// What a domain is doing.
    DomainStatus {
        Ready = "ready",
        Processing = "processing",
        TransferringIn = "transferring in",
        TransferringOut = "transferring out",
        ManualTask = "manual_task",
        Transferred = "transferred",
        Error = "error",
    }
}

open_enum! {
    /// What a domain can be ordered for.
    DomainResource {
        Instance = "instance",
        Server = "server",
        Package = "package",
    }
}

open_enum! {
    /// Why a domain is given up.
    CancelReason {
        Technical = "Technical issues / Outages / Performance",
        Price = "Too expensive / price",
        NotNeeded = "Product not needed anymore",
        Support = "Bad customer support",
        OtherProduct = "Switch to a different Contabo product",
        MissingFeatures = "Missing features",
        Other = "Other",
    }
}

object! {
    /// The parts of a domain name.
    DomainDetails
    rest {
        /// Second level.
        sld: String,
        /// Top level.
        tld: String,
        /// In punycode.
        domain_puny: String,
    }
}

object! {
    /// The handles of a domain.
    DomainHandles
    rest {
        /// Owner.
        owner: String,
        /// Administrative contact.
        admin: String,
        /// Technical contact.
        tech: String,
        /// Zone contact.
        zone: String,
    }
}

object! {
    /// Whether an authorisation code was replaced.
    AuthCodeChange
    rest {
        /// Whether it was.
        changed: bool,
        /// When.
        date: Option<Stamp>,
    }
}

object! {
    /// A domain.
    Domain
    key {
        /// Its name.
        domain: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// The parts of its name.
        domain_details: Option<DomainDetails>,
        /// What it is doing.
        status: DomainStatus,
        /// Name servers.
        nameservers: Vec<String>,
        /// Handles.
        handles: Option<DomainHandles>,
        /// When it was registered.
        registration_date: Option<Stamp>,
        /// When it is renewed.
        renewal_date: Option<Stamp>,
        /// When it ends.
        termination_date: Option<Stamp>,
        /// When its cancellation takes effect.
        cancel_date: Option<Stamp>,
        /// DNSSEC keys.
        dnssec_keys: Vec<String>,
        /// Whether a transfer to another registrar waits for a word.
        transfer_out_confirmation: bool,
        /// Authorisation code; only where it was asked for.
        auth_code: Option<Secret>,
        /// Whether that code was replaced.
        auth_code_changed: Option<AuthCodeChange>,
    }
}

object! {
    /// What a cancellation answers.
    CancelledDomain
    key {
        /// Its name.
        domain: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Second level.
        sld: String,
        /// Top level.
        tld: String,
        /// When the cancellation takes effect.
        cancel_date: Option<Stamp>,
    }
}

request_object! {
    /// The handles of a domain, by handle id.
    DomainHandlesInput
    require {
        /// Owner.
        owner: String,
        /// Administrative contact.
        admin: String,
        /// Technical contact.
        tech: String,
        /// Zone contact.
        zone: String,
    }
}

request_object! {
    /// A name server.
    Nameserver
    require {
        /// Host names; the documentation says a list.
        hostname: Vec<String>,
    }
    optional {
        /// IPv4 addresses (glue).
        ip_v4: Vec<String>,
        /// IPv6 addresses (glue).
        ip_v6: Vec<String>,
    }
}

/// Whether a domain can be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Availability {
    /// Whether it can.
    pub available: bool,
}

impl Reply for Availability {
    fn decode(body: &[u8]) -> Result<Self, Unreadable> {
        Done::decode(body).map(|_| Self { available: true })
    }
}

listing! {
    /// Lists the domains.
    ListDomains = "listDomains", "/v1/domains", Domains -> Domain;
    query {
        /// Part of the second level.
        sld: String,
        /// Part of the top level.
        tld: String,
        /// What they are doing.
        status: DomainStatus,
    }
}

operation! {
    /// Registers a domain, or transfers it when an authorisation code is given. Costs money.
    OrderDomain = "orderDomain", POST "/v1/domains", Domains, Billable, External -> Domain;
    require {
        /// Its name.
        domain: String,
        /// Handles.
        handles: DomainHandlesInput,
        /// Name servers.
        nameservers: Vec<Nameserver>,
    }
    body {
        /// Authorisation code of a transfer.
        auth_code: Secret,
        /// What it is ordered for.
        resource_type: DomainResource,
        /// Id of that.
        resource_id: String,
    }
}

operation! {
    /// One domain.
    RetrieveDomain = "retrieveDomain", GET "/v1/domains/{domain}", Domains, Read, External -> Domain;
    path {
        /// Its name.
        domain: String,
    }
}

operation! {
    /// Changes a domain's name servers or handles.
    UpdateDomain = "updateDomain", PATCH "/v1/domains/{domain}", Domains, Idempotent, External -> Domain;
    path {
        /// Its name.
        domain: String,
    }
    body {
        /// All its name servers.
        nameservers: Vec<Nameserver>,
        /// Handles.
        handles: DomainHandlesInput,
    }
}

operation! {
    /// Gives a domain up at a date. Until then it can be taken back; afterwards anybody may register it.
    CancelDomain = "cancelDomain", POST "/v1/domains/{domain}/cancel", Domains, Destructive, External -> CancelledDomain;
    path {
        /// Its name.
        domain: String,
    }
    body {
        /// Why.
        reason: CancelReason,
        /// Why in words, with reason `Other`.
        reason_text: String,
        /// When.
        cancel_date: Timestamp,
    }
}

operation! {
    /// Has an authorisation code made for moving the domain elsewhere; an older one stops working.
    GetAuthCode = "getAuthCode", POST "/v1/domains/{domain}/generate-auth-code", Domains, Once, External -> Domain;
    path {
        /// Its name.
        domain: String,
    }
}

operation! {
    /// Takes a cancellation back: the domain is renewed, and paid for, again.
    RevokeCancelDomain = "revokeCancelDomain", POST "/v1/domains/{domain}/revoke-cancellation", Domains, Billable,
        External -> Done;
    path {
        /// Its name.
        domain: String,
    }
}

operation! {
    /// Lets a domain go to another registrar.
    ConfirmDomainTransferOut = "confirmDomainTransferOut", POST "/v1/domains/{domain}/transfer-out", Domains,
        Destructive, External -> Done;
    path {
        /// Its name.
        domain: String,
    }
}

operation! {
    /// Refuses to let a domain go to another registrar.
    RevokeDomainTransferOut = "revokeDomainTransferOut", DELETE "/v1/domains/{domain}/transfer-out", Domains,
        Idempotent, External -> Done;
    path {
        /// Its name.
        domain: String,
    }
}

operation! {
    /// Whether a domain can be registered: 204 says yes, 404 says no.
    ValidateDomainAvailability = "validateDomainAvailability", POST "/v1/registries-domains/{domain}/check-availability",
        Domains, Read, External -> Availability;
    path {
        /// Its name.
        domain: String,
    }
    recover |failure| {
        let page = failure.body.as_deref().and_then(|body| crate::reply::html_title(body.as_bytes()));
        (failure.status == Some(404) && page.is_none()).then_some(Availability { available: false })
    };
}
