//! Invoices and what becomes part of them. There is no action that deletes one: it is cancelled (quirk 23). From
//! WHMCS 9 on an issued invoice cannot be changed (quirk 73).

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::action::actions;
use crate::actions::{InvoiceStatus, Order};
use crate::lenient::{Day, Moment, open_enum, record};
use crate::paging::paged;
use crate::param::InvoiceItems;

open_enum! {
    /// What invoices can be sorted by.
    InvoiceSort {
        Id = "id",
        Number = "invoicenumber",
        Date = "date",
        DueDate = "duedate",
        Total = "total",
        Status = "status",
    }
}

open_enum! {
    /// When a billable item becomes part of an invoice.
    InvoiceAction {
        Never = "noinvoice",
        NextCron = "nextcron",
        NextInvoice = "nextinvoice",
        DueDate = "duedate",
        Recur = "recur",
    }
}

open_enum! {
    /// What a billable item counts.
    BillableUnit { Hours = "hours", Quantity = "quantity" }
}

open_enum! {
    /// How often a billable item recurs.
    RecurCycle { Days = "Days", Weeks = "Weeks", Months = "Months", Years = "Years" }
}

record! {
    /// An invoice in a list.
    InvoiceRow {
        id: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        firstname: String,
        lastname: String,
        companyname: String,
        /// Empty when invoices are numbered by id.
        invoicenum: String,
        date: Day,
        duedate: Day,
        datepaid: Moment,
        last_capture_attempt: Moment,
        date_refunded: Moment,
        date_cancelled: Moment,
        subtotal: Option<Decimal>,
        /// Credit that was used.
        credit: Option<Decimal>,
        tax: Option<Decimal>,
        tax2: Option<Decimal>,
        total: Option<Decimal>,
        /// Per cent.
        taxrate: Option<Decimal>,
        /// Per cent.
        taxrate2: Option<Decimal>,
        status: InvoiceStatus,
        /// Gateway.
        paymentmethod: String,
        paymethodid: Option<u64>,
        notes: String,
        created_at: Moment,
        updated_at: Moment,
        /// ISO 4217.
        currencycode: String,
        currencyprefix: String,
        currencysuffix: String,
    }
}

record! {
    /// A page of invoices.
    Invoices {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        invoices in "invoice": Vec<InvoiceRow>,
    }
}

record! {
    /// A line of an invoice.
    InvoiceLine {
        id: Option<u64>,
        /// `Hosting`, `Domain`, `Addon`, `Item`, … or empty.
        kind as "type": String,
        /// What it is for, by `type`; 0 is nothing.
        relid: Option<u64>,
        description: String,
        amount: Option<Decimal>,
        taxed: Option<bool>,
    }
}

record! {
    /// A movement of money.
    Transaction {
        id: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        /// Currency id; 0 is the client's own.
        currency: Option<u64>,
        gateway: String,
        date: Moment,
        description: String,
        amountin: Option<Decimal>,
        fees: Option<Decimal>,
        amountout: Option<Decimal>,
        /// To the default currency.
        rate: Option<Decimal>,
        /// The gateway's own id.
        transid: String,
        invoiceid: Option<u64>,
        /// The transaction this one pays back; 0 is none.
        refundid: Option<u64>,
    }
}

record! {
    /// An invoice with its lines and payments.
    Invoice {
        invoiceid: Option<u64>,
        /// Empty when invoices are numbered by id.
        invoicenum: String,
        /// The client, despite the name.
        userid: Option<u64>,
        date: Day,
        duedate: Day,
        datepaid: Moment,
        lastcaptureattempt: Moment,
        subtotal: Option<Decimal>,
        /// Credit that was used.
        credit: Option<Decimal>,
        tax: Option<Decimal>,
        tax2: Option<Decimal>,
        total: Option<Decimal>,
        /// What is still to be paid.
        balance: Option<Decimal>,
        /// Per cent.
        taxrate: Option<Decimal>,
        /// Per cent.
        taxrate2: Option<Decimal>,
        status: InvoiceStatus,
        /// Gateway.
        paymentmethod: String,
        notes: String,
        /// Whether the gateway charges stored cards.
        ccgateway: Option<bool>,
        items in "item": Vec<InvoiceLine>,
        transactions in "transaction": Vec<Transaction>,
    }
}

record! {
    /// The invoice that an action made or changed.
    InvoiceRef {
        invoiceid: Option<u64>,
        status: InvoiceStatus,
    }
}

record! {
    /// What an invoice run made.
    GeneratedInvoices {
        numcreated: Option<u64>,
        /// Only when one client was named.
        latestinvoiceid: Option<u64>,
    }
}

record! {
    /// The billable item that was made.
    BillableRef {
        billableid: Option<u64>,
    }
}

actions! {
    Billing;

    /// Invoices in pages. There is no filter by change: `updated_at` of the rows tells.
    /// <https://developers.whmcs.com/api-reference/getinvoices/>
    GetInvoices: Read, List => Invoices {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            /// The client, despite the name.
            userid: u64,
            status: InvoiceStatus,
            orderby: InvoiceSort,
            order: Order,
        }
    }

    /// One invoice with lines and payments. <https://developers.whmcs.com/api-reference/getinvoice/>
    GetInvoice: Read, Quick => Invoice {
        needs { invoiceid: u64, }
    }

    /// Creates an invoice. <https://developers.whmcs.com/api-reference/createinvoice/>
    CreateInvoice: Billable, Quick => InvoiceRef {
        needs {
            /// The client, despite the name.
            userid: u64,
        }
        may {
            /// Unpaid when not given.
            status: InvoiceStatus,
            /// Keep it a draft; not together with `sendinvoice`.
            draft: bool,
            /// Mail it; not together with `draft`.
            sendinvoice: bool,
            /// Gateway.
            paymentmethod: String,
            /// Per cent.
            taxrate: Decimal,
            /// Per cent.
            taxrate2: Decimal,
            date: Date,
            duedate: Date,
            notes: String,
            /// Lines.
            items: InvoiceItems,
            /// Use the client's credit at once.
            autoapplycredit: bool,
        }
    }

    /// Changes an invoice. A line that is changed needs description, amount and tax flag together (quirk 57). Called
    /// twice, new lines are added twice. <https://developers.whmcs.com/api-reference/updateinvoice/>
    UpdateInvoice: Once, Quick => InvoiceRef {
        needs { invoiceid: u64, }
        may {
            status: InvoiceStatus,
            /// Gateway.
            paymentmethod: String,
            /// Per cent.
            taxrate: Decimal,
            /// Per cent.
            taxrate2: Decimal,
            credit: Decimal,
            date: Date,
            duedate: Date,
            datepaid: Date,
            notes: String,
            /// By line id.
            itemdescription: BTreeMap<u64, String>,
            /// By line id.
            itemamount: BTreeMap<u64, Decimal>,
            /// By line id.
            itemtaxed: BTreeMap<u64, bool>,
            /// New lines; three lists of the same length.
            newitemdescription: Vec<String>,
            newitemamount: Vec<Decimal>,
            newitemtaxed: Vec<bool>,
            deletelineids: Vec<u64>,
            /// Issue a draft.
            publish: bool,
            /// Issue a draft and mail it.
            publishandsendemail: bool,
        }
    }

    /// Makes the invoices that are due, for everybody or for what is named.
    /// <https://developers.whmcs.com/api-reference/geninvoices/>
    GenInvoices: Billable, External => GeneratedInvoices {
        may {
            noemails: bool,
            clientid: u64,
            serviceids: Vec<u64>,
            domainids: Vec<u64>,
            addonids: Vec<u64>,
        }
    }

    /// Notes work that becomes part of an invoice now, later or never.
    /// <https://developers.whmcs.com/api-reference/addbillableitem/>
    AddBillableItem: Billable, Quick => BillableRef {
        needs {
            clientid: u64,
            description: String,
            /// Price per unit.
            amount: Decimal,
            unit: BillableUnit,
        }
        may {
            /// Named `hours` before 8.2.
            quantity: Decimal,
            invoiceaction: InvoiceAction,
            /// How many cycles lie between two invoices.
            recur: u64,
            recurcycle: RecurCycle,
            /// How many invoices in all.
            recurfor: u64,
            duedate: Date,
        }
    }
}

paged! {
    GetInvoices: invoices of InvoiceRow, by id;
}
