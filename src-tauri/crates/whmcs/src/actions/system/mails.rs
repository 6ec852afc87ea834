//! Mails that WHMCS sends, and announcements.

use jiff::civil::DateTime;

use crate::action::actions;
use crate::actions::Done;
use crate::actions::support::AnnouncementRef;
use crate::lenient::{open_enum, record};
use crate::param::Serialized;
use crate::php::PhpValue;

open_enum! {
    /// What a mail of one's own words is about.
    MailTopic {
        General = "general",
        Product = "product",
        Domain = "domain",
        Invoice = "invoice",
        Support = "support",
        Affiliate = "affiliate",
    }
}

open_enum! {
    /// Which admins get a mail.
    AdminTopic { System = "system", Account = "account", Support = "support" }
}

record! {
    /// A mail template.
    EmailTemplate {
        id: Option<u64>,
        name: String,
        subject: String,
        custom: Option<bool>,
    }
}

record! {
    /// Mail templates.
    EmailTemplates {
        totalresults: Option<u64>,
        emailtemplates in "emailtemplate": Vec<EmailTemplate>,
    }
}

actions! {
    System;

    /// Mail templates. <https://developers.whmcs.com/api-reference/getemailtemplates/>
    GetEmailTemplates: Read, List => EmailTemplates {
        may {
            kind as "type": String,
            language: String,
        }
    }

    /// Mails a client, from a template or in one's own words. <https://developers.whmcs.com/api-reference/sendemail/>
    SendEmail: Once, Quick => Done {
        may {
            /// Name of the template.
            messagename: String,
            /// What it is about: a client, service, domain, invoice, ticket or affiliate.
            id: u64,
            customtype: MailTopic,
            custommessage: String,
            customsubject: String,
            /// Values by name.
            customvars: Serialized,
        }
    }

    /// Mails admins. <https://developers.whmcs.com/api-reference/sendadminemail/>
    SendAdminEmail: Once, Quick => Done {
        may {
            /// Name of the template.
            messagename: String,
            custommessage: String,
            customsubject: String,
            kind as "type": AdminTopic,
            /// Department.
            deptid: u64,
            /// Values by name.
            mergefields: PhpValue,
        }
    }

    /// Changes an announcement. <https://developers.whmcs.com/api-reference/updateannouncement/>
    UpdateAnnouncement: Idempotent, Quick => AnnouncementRef {
        needs { announcementid: u64, }
        may {
            title: String,
            /// HTML.
            announcement: String,
            date: DateTime,
            published: bool,
        }
    }
}
