//! Client accounts.

use rust_decimal::Decimal;

use crate::action::actions;
use crate::actions::{ClientStatus, Direction};
use crate::lenient::{Moment, open_enum, record};
use crate::paging::paged;
use crate::param::{EmailPreferences, MonthYear, Serialized};
use crate::secret::Secret;

open_enum! {
    /// What clients can be sorted by (8.2 and later).
    ClientSort {
        Id = "id",
        FirstName = "firstname",
        LastName = "lastname",
        CompanyName = "companyname",
        Email = "email",
        Group = "groupid",
        Created = "datecreated",
        Status = "status",
    }
}

record! {
    /// A client in a list.
    ClientRow {
        id: Option<u64>,
        firstname: String,
        lastname: String,
        companyname: String,
        email: String,
        datecreated: Moment,
        /// Client group; 0 is none.
        groupid: Option<u64>,
        status: ClientStatus,
    }
}

record! {
    /// A page of clients.
    Clients {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        clients in "client": Vec<ClientRow>,
    }
}

record! {
    /// A client group.
    ClientGroup {
        id: Option<u64>,
        groupname: String,
        /// Colour, e.g. `#cccccc`.
        groupcolour: String,
        /// Discount in per cent.
        discountpercent: Option<Decimal>,
        /// Never suspended or terminated automatically.
        susptermexempt: Option<bool>,
        /// One invoice per service.
        separateinvoices: Option<bool>,
    }
}

record! {
    /// Client groups.
    ClientGroups {
        totalresults: Option<u64>,
        groups in "group": Vec<ClientGroup>,
    }
}

record! {
    /// The client that an action made or changed.
    ClientRef {
        clientid: Option<u64>,
        /// The login user that owns it; sent by AddClient although undocumented (quirk 61).
        owner_id: Option<u64>,
    }
}

record! {
    /// A password hash.
    ClientPassword {
        password: Secret,
    }
}

actions! {
    Client;

    /// Opens a client account. A login user is made for it unless `owner_user_id` names one. Which of the address
    /// fields must be given is a setting of the installation. <https://developers.whmcs.com/api-reference/addclient/>
    AddClient: Once, Quick => ClientRef {
        needs {
            firstname: String,
            lastname: String,
            email: String,
        }
        may {
            /// Existing login user that shall own it.
            owner_user_id: u64,
            companyname: String,
            address1: String,
            address2: String,
            city: String,
            state: String,
            postcode: String,
            /// Two letters, ISO 3166.
            country: String,
            phonenumber: String,
            tax_id: String,
            /// Password of the new user; needed when `owner_user_id` is not given.
            password2: Secret,
            /// Security question of the new user.
            securityqid: u64,
            securityqans: Secret,
            currency: u64,
            groupid: u64,
            /// Values by field id.
            customfields: Serialized,
            /// Full name in small letters, e.g. `english`.
            language: String,
            clientip: String,
            /// For admins only.
            notes: String,
            marketingoptin: bool,
            /// No welcome mail.
            noemail: bool,
            /// Accept missing fields.
            skipvalidation: bool,
            /// Deprecated: use AddPayMethod.
            cardtype: String,
            /// Deprecated: use AddPayMethod.
            cardnum: Secret,
            /// Deprecated: use AddPayMethod.
            expdate: MonthYear,
            /// Deprecated: use AddPayMethod.
            startdate: MonthYear,
            /// Deprecated: use AddPayMethod.
            issuenumber: String,
            /// Deprecated: use AddPayMethod.
            cvv: Secret,
        }
    }

    /// Changes a client account. <https://developers.whmcs.com/api-reference/updateclient/>
    UpdateClient: Idempotent, Quick => ClientRef {
        may {
            /// The client; or `clientemail`.
            clientid: u64,
            clientemail: String,
            firstname: String,
            lastname: String,
            companyname: String,
            email: String,
            address1: String,
            address2: String,
            city: String,
            state: String,
            postcode: String,
            /// Two letters, ISO 3166.
            country: String,
            phonenumber: String,
            tax_id: String,
            currency: u64,
            groupid: u64,
            /// Values by field id.
            customfields: Serialized,
            /// Full name in small letters, e.g. `english`.
            language: String,
            clientip: String,
            /// For admins only.
            notes: String,
            status: ClientStatus,
            /// Gateway.
            paymentmethod: String,
            email_preferences: EmailPreferences,
            marketingoptin: bool,
            /// Forget the stored card.
            clearcreditcard: bool,
            /// Accept missing fields.
            skipvalidation: bool,
            /// No late fees. Spelt as WHMCS spells it.
            latefeeoveride: bool,
            /// No overdue notices. Spelt as WHMCS spells it.
            overideduenotices: bool,
            taxexempt: bool,
            /// One invoice per service.
            separateinvoices: bool,
            /// Do not charge the stored card automatically.
            disableautocc: bool,
            /// Never close automatically.
            overrideautoclose: bool,
            /// Deprecated: use AddPayMethod.
            cardtype: String,
            /// Deprecated: use AddPayMethod.
            cardnum: Secret,
            /// Deprecated: use AddPayMethod.
            expdate: MonthYear,
            /// Deprecated: use AddPayMethod.
            startdate: MonthYear,
            /// Deprecated: use AddPayMethod.
            issuenumber: String,
            /// Deprecated: use AddPayMethod.
            cvv: Secret,
            /// Deprecated: use AddPayMethod.
            bankcode: Secret,
            /// Deprecated: use AddPayMethod.
            bankacct: Secret,
        }
    }

    /// Closes a client account, which cancels its unpaid invoices and ends its services (quirk 72).
    /// <https://developers.whmcs.com/api-reference/closeclient/>
    CloseClient: Destructive, Quick => ClientRef {
        needs { clientid: u64, }
    }

    /// Erases a client with everything that belongs to it. <https://developers.whmcs.com/api-reference/deleteclient/>
    DeleteClient: Destructive, Quick => ClientRef {
        needs { clientid: u64, }
        may {
            /// Also users that have no other client.
            deleteusers: bool,
            deletetransactions: bool,
        }
    }

    /// Clients in pages, filtered by status and by the beginning of names, company or mail address.
    /// <https://developers.whmcs.com/api-reference/getclients/>
    GetClients: Read, List => Clients {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            sorting: Direction,
            status: ClientStatus,
            /// What a name, company or mail address begins with.
            search: String,
            orderby: ClientSort,
        }
    }

    /// Client groups. <https://developers.whmcs.com/api-reference/getclientgroups/>
    GetClientGroups: Read, Quick => ClientGroups {}

    /// The hash of a client's password. Deprecated since 8.0, where users have passwords and clients do not.
    /// <https://developers.whmcs.com/api-reference/getclientpassword/>
    GetClientPassword: Read, Quick => ClientPassword {
        may {
            /// The client, despite the name; or `email`.
            userid: u64,
            email: String,
        }
    }
}

paged! {
    GetClients: clients of ClientRow, by id;
}
