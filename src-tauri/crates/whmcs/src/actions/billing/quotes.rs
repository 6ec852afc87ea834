//! Quotes. CreateQuote does not check whether the client exists (quirk 21).

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::action::actions;
use crate::actions::client::ClientRow;
use crate::actions::{Done, QuoteStage};
use crate::lenient::{Day, record};
use crate::paging::paged;
use crate::param::{LocalDate, QuoteLines};

record! {
    /// A line of a quote.
    QuoteItem {
        id: Option<u64>,
        description: String,
        quantity: Option<Decimal>,
        unitprice: Option<Decimal>,
        /// Per cent.
        discount: Option<Decimal>,
        taxable: Option<bool>,
    }
}

record! {
    /// A quote.
    Quote {
        id: Option<u64>,
        subject: String,
        stage: QuoteStage,
        validuntil: Day,
        /// The client, despite the name; 0 is somebody who is none yet.
        userid: Option<u64>,
        client: Option<ClientRow>,
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
        /// Currency id.
        currency: Option<u64>,
        subtotal: Option<Decimal>,
        tax1: Option<Decimal>,
        tax2: Option<Decimal>,
        total: Option<Decimal>,
        proposal: String,
        customernotes: String,
        adminnotes: String,
        datecreated: Day,
        lastmodified: Day,
        datesent: Day,
        dateaccepted: Day,
        items in "item": Vec<QuoteItem>,
    }
}

record! {
    /// A page of quotes.
    Quotes {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        quotes in "quote": Vec<Quote>,
    }
}

record! {
    /// The quote that was made.
    QuoteRef {
        quoteid: Option<u64>,
    }
}

record! {
    /// The invoice that a quote became.
    AcceptedQuote {
        invoiceid: Option<u64>,
    }
}

actions! {
    Billing;

    /// Quotes in pages. <https://developers.whmcs.com/api-reference/getquotes/>
    GetQuotes: Read, List => Quotes {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            quoteid: u64,
            /// The client, despite the name.
            userid: u64,
            subject: String,
            stage: QuoteStage,
            datecreated: Date,
            lastmodified: Date,
            validuntil: Date,
        }
    }

    /// Makes a quote. <https://developers.whmcs.com/api-reference/createquote/>
    CreateQuote: Once, Quick => QuoteRef {
        needs {
            subject: String,
            stage: QuoteStage,
            /// In the installation's own format.
            validuntil: LocalDate,
        }
        may {
            /// In the installation's own format.
            datecreated: LocalDate,
            lineitems: QuoteLines,
            /// The client, despite the name; the address fields are for somebody who is none yet.
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
            tax_id: String,
            currency: u64,
            proposal: String,
            customernotes: String,
            adminnotes: String,
        }
    }

    /// Changes a quote. Lines with an id are changed, others are added.
    /// <https://developers.whmcs.com/api-reference/updatequote/>
    UpdateQuote: Once, Quick => Done {
        needs { quoteid: u64, }
        may {
            subject: String,
            stage: QuoteStage,
            /// In the installation's own format.
            validuntil: LocalDate,
            /// In the installation's own format.
            datecreated: LocalDate,
            lineitems: QuoteLines,
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
            country: String,
            phonenumber: String,
            tax_id: String,
            currency: u64,
            proposal: String,
            customernotes: String,
            adminnotes: String,
        }
    }

    /// Mails a quote to its client. <https://developers.whmcs.com/api-reference/sendquote/>
    SendQuote: Once, Quick => Done {
        needs { quoteid: u64, }
    }

    /// Turns a quote into an invoice. <https://developers.whmcs.com/api-reference/acceptquote/>
    AcceptQuote: Billable, Quick => AcceptedQuote {
        needs { quoteid: u64, }
    }

    /// Removes a quote. <https://developers.whmcs.com/api-reference/deletequote/>
    DeleteQuote: Destructive, Quick => Done {
        needs { quoteid: u64, }
    }
}

paged! {
    GetQuotes: quotes of Quote, by id;
}
