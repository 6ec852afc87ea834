//! Further contacts of a client.

use crate::action::actions;
use crate::lenient::{Moment, record};
use crate::paging::paged;
use crate::param::EmailPreferences;

record! {
    /// A contact.
    Contact {
        id: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        firstname: String,
        lastname: String,
        companyname: String,
        email: String,
        address1: String,
        address2: String,
        city: String,
        state: String,
        postcode: String,
        country: String,
        phonenumber: String,
        tax_id: String,
        domainemails: Option<bool>,
        generalemails: Option<bool>,
        invoiceemails: Option<bool>,
        productemails: Option<bool>,
        supportemails: Option<bool>,
        affiliateemails: Option<bool>,
        created_at: Moment,
        updated_at: Moment,
    }
}

record! {
    /// A page of contacts.
    Contacts {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        contacts in "contact": Vec<Contact>,
    }
}

record! {
    /// The contact that an action made, changed or removed.
    ContactRef {
        contactid: Option<u64>,
    }
}

actions! {
    Client;

    /// Adds a contact to a client. <https://developers.whmcs.com/api-reference/addcontact/>
    AddContact: Once, Quick => ContactRef {
        needs { clientid: u64, }
        may {
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
            email_preferences: EmailPreferences,
        }
    }

    /// Changes a contact. <https://developers.whmcs.com/api-reference/updatecontact/>
    UpdateContact: Idempotent, Quick => ContactRef {
        needs { contactid: u64, }
        may {
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
            email_preferences: EmailPreferences,
        }
    }

    /// Removes a contact. <https://developers.whmcs.com/api-reference/deletecontact/>
    DeleteContact: Destructive, Quick => ContactRef {
        needs { contactid: u64, }
    }

    /// Contacts in pages; every filter must match exactly. <https://developers.whmcs.com/api-reference/getcontacts/>
    GetContacts: Read, List => Contacts {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            /// The client, despite the name.
            userid: u64,
            firstname: String,
            lastname: String,
            companyname: String,
            email: String,
            address1: String,
            address2: String,
            city: String,
            state: String,
            postcode: String,
            country: String,
            phonenumber: String,
        }
    }
}

paged! {
    GetContacts: contacts of Contact, by id;
}
