//! What clients own: services, domains, addons, cancellation requests, mails they were sent.

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::action::actions;
use crate::actions::{DomainStatus, ServiceStatus};
use crate::lenient::{Day, Moment, record};
use crate::paging::paged;
use crate::param::Csv;
use crate::secret::Secret;

record! {
    /// A custom field of a service and its value.
    ServiceField {
        id: Option<u64>,
        name: String,
        translated_name: String,
        value: String,
    }
}

record! {
    /// A configurable option of a service and what was chosen.
    ServiceOption {
        id: Option<u64>,
        option: String,
        /// `dropdown`, `radio`, `yesno` or `quantity`.
        kind as "type": String,
        value: String,
    }
}

record! {
    /// A service of a client.
    ClientService {
        id: Option<u64>,
        qty: Option<u64>,
        clientid: Option<u64>,
        orderid: Option<u64>,
        ordernumber: String,
        /// Product.
        pid: Option<u64>,
        regdate: Day,
        /// Name of the product.
        name: String,
        translated_name: String,
        /// Product group.
        groupname: String,
        translated_groupname: String,
        domain: String,
        dedicatedip: String,
        /// Server of WHMCS; 0 is none.
        serverid: Option<u64>,
        servername: String,
        serverip: String,
        serverhostname: String,
        suspensionreason: String,
        firstpaymentamount: Option<Decimal>,
        recurringamount: Option<Decimal>,
        /// Gateway.
        paymentmethod: String,
        paymentmethodname: String,
        billingcycle: String,
        nextduedate: Day,
        status: ServiceStatus,
        username: String,
        password: Secret,
        subscriptionid: String,
        /// Promotion; 0 is none.
        promoid: Option<u64>,
        overideautosuspend: Option<bool>,
        overidesuspenduntil: Day,
        ns1: String,
        ns2: String,
        assignedips: String,
        /// For admins only.
        notes: String,
        /// Megabytes.
        diskusage: Option<u64>,
        /// Megabytes.
        disklimit: Option<u64>,
        /// Megabytes.
        bwusage: Option<u64>,
        /// Megabytes.
        bwlimit: Option<u64>,
        lastupdate: Moment,
        customfields in "customfield": Vec<ServiceField>,
        configoptions in "configoption": Vec<ServiceOption>,
    }
}

record! {
    /// A page of services, with the filters repeated.
    ClientServices {
        clientid: Option<u64>,
        serviceid: Option<u64>,
        pid: Option<u64>,
        domain: String,
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        products in "product": Vec<ClientService>,
    }
}

record! {
    /// A domain of a client.
    ClientDomain {
        id: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        orderid: Option<u64>,
        /// `Register` or `Transfer`.
        regtype: String,
        domainname: String,
        /// Registrar module.
        registrar: String,
        /// Years.
        regperiod: Option<u64>,
        firstpaymentamount: Option<Decimal>,
        recurringamount: Option<Decimal>,
        /// Gateway.
        paymentmethod: String,
        paymentmethodname: String,
        regdate: Day,
        expirydate: Day,
        nextduedate: Day,
        status: DomainStatus,
        subscriptionid: String,
        promoid: Option<u64>,
        dnsmanagement: Option<bool>,
        emailforwarding: Option<bool>,
        idprotection: Option<bool>,
        donotrenew: Option<bool>,
        notes: String,
    }
}

record! {
    /// A page of domains, with the filters repeated.
    ClientDomains {
        clientid: Option<u64>,
        domainid: Option<u64>,
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        domains in "domain": Vec<ClientDomain>,
    }
}

record! {
    /// An addon of a service.
    ClientAddon {
        id: Option<u64>,
        qty: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        orderid: Option<u64>,
        serviceid: Option<u64>,
        /// Addon of the catalogue; 0 is a custom one.
        addonid: Option<u64>,
        name: String,
        setupfee: Option<Decimal>,
        recurring: Option<Decimal>,
        billingcycle: String,
        tax: Option<bool>,
        status: ServiceStatus,
        regdate: Day,
        nextduedate: Day,
        nextinvoicedate: Day,
        /// Gateway.
        paymentmethod: String,
        paymentmethodname: String,
        notes: String,
    }
}

record! {
    /// Addons; this list has no pages.
    ClientAddons {
        serviceid: String,
        clientid: Option<u64>,
        totalresults: Option<u64>,
        addons in "addon": Vec<ClientAddon>,
    }
}

record! {
    /// A request to cancel a service.
    Cancellation {
        id: Option<u64>,
        date: Moment,
        /// Service.
        relid: Option<u64>,
        /// The client's words.
        reason: String,
        /// `Immediate` or `End of Billing Period`.
        kind as "type": String,
        created_at: Moment,
        updated_at: Moment,
    }
}

record! {
    /// A page of requests to cancel.
    Cancellations {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        packages in "package": Vec<Cancellation>,
    }
}

record! {
    /// A mail that was sent to a client.
    Email {
        id: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        subject: String,
        /// HTML, as it was sent.
        message: String,
        date: Moment,
        to: String,
        cc: String,
        bcc: String,
        attachments: Value,
        pending: Option<bool>,
        message_data: Value,
        failed: Option<bool>,
        failure_reason: String,
        retry_count: Option<u64>,
        created_at: Moment,
        updated_at: Moment,
        campaign_id: Option<u64>,
    }
}

record! {
    /// A page of mails.
    Emails {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        emails in "email": Vec<Email>,
    }
}

actions! {
    Client;

    /// Services in pages. <https://developers.whmcs.com/api-reference/getclientsproducts/>
    GetClientsProducts: Read, List => ClientServices {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            clientid: u64,
            serviceid: u64,
            /// Product.
            pid: u64,
            domain: String,
            /// User name of the service; the plain name belongs to the credentials.
            username2: String,
        }
    }

    /// Domains in pages. <https://developers.whmcs.com/api-reference/getclientsdomains/>
    GetClientsDomains: Read, List => ClientDomains {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            clientid: u64,
            domainid: u64,
            domain: String,
        }
    }

    /// Addons of services. <https://developers.whmcs.com/api-reference/getclientsaddons/>
    GetClientsAddons: Read, List => ClientAddons {
        may {
            /// One or several services.
            serviceid: Csv<u64>,
            clientid: u64,
            /// Addon of the catalogue.
            addonid: u64,
        }
    }

    /// Requests to cancel in pages. <https://developers.whmcs.com/api-reference/getcancelledpackages/>
    GetCancelledPackages: Read, List => Cancellations {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
        }
    }

    /// Mails sent to a client, in pages. <https://developers.whmcs.com/api-reference/getemails/>
    GetEmails: Read, List => Emails {
        needs { clientid: u64, }
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            date: DateTime,
            /// Part of the subject.
            subject: String,
        }
    }
}

paged! {
    GetClientsProducts: products of ClientService, by id;
    GetClientsDomains: domains of ClientDomain, by id;
    GetCancelledPackages: packages of Cancellation, by id;
    GetEmails: emails of Email, by id;
}
