//! Orders, the catalogue they order from, promotions.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::action::actions;
use crate::actions::{Done, OrderStatus};
use crate::lenient::{self, Day, Keyed, Moment, Price, open_enum, record};
use crate::paging::paged;
use crate::param::{Csv, Serialized};
use crate::secret::Secret;

open_enum! {
    /// How a domain comes with an order.
    DomainOrder { Register = "register", Transfer = "transfer" }
}

record! {
    /// What an order is renewing, by kind.
    Renewals {
        domains: Vec<Value>,
        services: Vec<Value>,
        addons: Vec<Value>,
    }
}

record! {
    /// A line of an order.
    OrderLine {
        /// `product`, `addon`, `domain`, …
        kind as "type": String,
        /// Service, addon or domain.
        relid: Option<u64>,
        producttype: String,
        product: String,
        domain: String,
        billingcycle: String,
        /// Written for people, or a number.
        amount: String,
        status: String,
        /// Of a domain; undocumented, like the two below.
        dnsmanagement: Option<bool>,
        emailforwarding: Option<bool>,
        idprotection: Option<bool>,
    }
}

record! {
    /// An order.
    OrderRow {
        id: Option<u64>,
        /// Digits; larger than a float can hold (quirk 29).
        ordernum: String,
        /// The client, despite the name.
        userid: Option<u64>,
        contactid: Option<u64>,
        requestor_id: Option<u64>,
        admin_requestor_id: Option<u64>,
        date: Moment,
        nameservers: String,
        transfersecret: Secret,
        renewals: Value,
        renewals_by_type as "renewalsByType": Option<Renewals>,
        promocode: String,
        promotype: String,
        promovalue: String,
        orderdata: Value,
        amount: Option<Decimal>,
        /// Gateway.
        paymentmethod: String,
        /// 0 is none.
        invoiceid: Option<u64>,
        status: OrderStatus,
        ipaddress: String,
        fraudmodule: String,
        /// The fraud module's own text.
        fraudoutput: String,
        notes: String,
        paymentmethodname: String,
        paymentstatus: String,
        name: String,
        currencyprefix: String,
        currencysuffix: String,
        frauddata: String,
        validationdata: Secret,
        lineitems in "lineitem": Vec<OrderLine>,
    }
}

record! {
    /// A page of orders.
    Orders {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        orders in "order": Vec<OrderRow>,
    }
}

record! {
    /// An order status and how many orders have it.
    StatusCount {
        title: String,
        count: Option<u64>,
        color: String,
    }
}

record! {
    /// Order statuses.
    OrderStatuses {
        totalresults: Option<u64>,
        statuses in "status": Vec<StatusCount>,
    }
}

record! {
    /// What an order made. The lists are ids.
    PlacedOrder {
        orderid: Option<u64>,
        /// Named `productids` before 7.8, and sent under both names since (quirk 62).
        serviceids or "productids": lenient::Csv<u64>,
        addonids: lenient::Csv<u64>,
        domainids: lenient::Csv<u64>,
        invoiceid: Option<u64>,
    }
}

record! {
    /// Prices of a product in one currency.
    CyclePrices {
        prefix: String,
        suffix: String,
        msetupfee: Price,
        qsetupfee: Price,
        ssetupfee: Price,
        asetupfee: Price,
        bsetupfee: Price,
        tsetupfee: Price,
        monthly: Price,
        quarterly: Price,
        semiannually: Price,
        annually: Price,
        biennially: Price,
        triennially: Price,
    }
}

record! {
    /// A custom field that is shown when ordering; others are not listed (quirk 71).
    ProductField {
        id: Option<u64>,
        name: String,
        description: String,
        required: Option<bool>,
    }
}

record! {
    /// A choice of a configurable option.
    OptionChoice {
        id: Option<u64>,
        name: String,
        raw_name as "rawName": String,
        recurring: Option<Decimal>,
        required: Value,
        /// By currency.
        pricing: Keyed<CyclePrices>,
    }
}

record! {
    /// A configurable option.
    ProductOption {
        id: Option<u64>,
        name: String,
        /// 1 drop-down, 2 radio, 3 yes/no, 4 quantity.
        kind as "type": String,
        minqty: Option<u64>,
        maxqty: Option<u64>,
        options in "option": Vec<OptionChoice>,
    }
}

record! {
    /// A product of the catalogue.
    Product {
        pid: Option<u64>,
        /// Product group.
        gid: Option<u64>,
        kind as "type": String,
        name: String,
        slug: String,
        product_url as "product-url" or "product_url": String,
        description: String,
        module: String,
        /// `free`, `onetime` or `recurring`.
        paytype: String,
        allowqty: Option<u64>,
        quantity_available: Option<i64>,
        /// By currency.
        pricing: Keyed<CyclePrices>,
        customfields in "customfield": Vec<ProductField>,
        configoptions in "configoption": Vec<ProductOption>,
    }
}

record! {
    /// Products; this list has no pages.
    ProductList {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        products in "product": Vec<Product>,
    }
}

record! {
    /// A promotion.
    Promotion {
        id: Option<u64>,
        code: String,
        /// `Percentage`, `Fixed Amount`, `Price Override` or `Free Setup`.
        kind as "type": String,
        recurring: Option<bool>,
        value: Option<Decimal>,
        cycles: lenient::Csv<String>,
        /// Products, and `A` or `D` with an addon or TLD.
        appliesto: lenient::Csv<String>,
        requires: lenient::Csv<String>,
        requiresexisting: Option<bool>,
        startdate: Day,
        expirationdate: Day,
        /// 0 is without limit.
        maxuses: Option<u64>,
        uses: Option<u64>,
        lifetimepromo: Option<bool>,
        applyonce: Option<bool>,
        newsignups: Option<bool>,
        existingclient: Option<bool>,
        onceperclient: Option<bool>,
        /// Invoices.
        recurfor: Option<u64>,
        upgrades: Option<bool>,
        /// Serialised by PHP; [`crate::php::PhpValue::unserialize`] reads it (quirk 50).
        upgradeconfig: String,
        notes: String,
    }
}

record! {
    /// Promotions; this list has no pages.
    Promotions {
        totalresults: Option<u64>,
        promotions in "promotion": Vec<Promotion>,
    }
}

record! {
    /// What the fraud module found.
    FraudCheck {
        status: String,
        module: String,
        /// The module's own text, mostly serialised by PHP (quirk 50).
        results: String,
    }
}

actions! {
    Orders;

    /// Orders in pages. <https://developers.whmcs.com/api-reference/getorders/>
    GetOrders: Read, List => Orders {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            id: u64,
            /// The client, despite the name.
            userid: u64,
            requestor_id: u64,
            status: OrderStatus,
        }
    }

    /// Order statuses and how many orders have each. <https://developers.whmcs.com/api-reference/getorderstatuses/>
    GetOrderStatuses: Read, Quick => OrderStatuses {}

    /// Products with prices and what can be chosen when ordering. <https://developers.whmcs.com/api-reference/getproducts/>
    GetProducts: Read, List => ProductList {
        may {
            /// One or several products.
            pid: Csv<u64>,
            /// Product group.
            gid: u64,
            module: String,
        }
    }

    /// Promotions. <https://developers.whmcs.com/api-reference/getpromotions/>
    GetPromotions: Read, List => Promotions {
        may { code: String, }
    }

    /// Places an order; nothing is provisioned before AcceptOrder (quirk 72). Lists run in parallel, one element per
    /// product or domain. <https://developers.whmcs.com/api-reference/addorder/>
    AddOrder: Billable, Quick => PlacedOrder {
        needs {
            clientid: u64,
            /// Gateway.
            paymentmethod: String,
        }
        may {
            /// Products.
            pid: Vec<u64>,
            qty: Vec<u64>,
            domain: Vec<String>,
            billingcycle: Vec<String>,
            domaintype: Vec<DomainOrder>,
            /// Years.
            regperiod: Vec<u64>,
            idnlanguage: Vec<String>,
            eppcode: Vec<Secret>,
            /// For all domains of the order.
            nameserver1: String,
            nameserver2: String,
            nameserver3: String,
            nameserver4: String,
            nameserver5: String,
            /// Per product, values by field id.
            customfields: Vec<Serialized>,
            /// Per product, choices by option id.
            configoptions: Vec<Serialized>,
            /// Per product.
            priceoverride: Vec<Decimal>,
            promocode: String,
            /// Apply the promotion even if it does not match.
            promooverride: bool,
            affid: u64,
            noinvoice: bool,
            noinvoiceemail: bool,
            noemail: bool,
            /// Per product.
            addons: Vec<Csv<u64>>,
            /// Per product, in step with `addons`.
            addonsqty: Vec<Csv<u64>>,
            hostname: Vec<String>,
            ns1prefix: Vec<String>,
            ns2prefix: Vec<String>,
            rootpw: Vec<Secret>,
            /// Contact for all domains of the order.
            contactid: u64,
            dnsmanagement: Vec<bool>,
            /// Per domain, values by name.
            domainfields: Vec<Serialized>,
            emailforwarding: Vec<bool>,
            idprotection: Vec<bool>,
            domainpriceoverride: Vec<Decimal>,
            domainrenewoverride: Vec<Decimal>,
            /// Years by domain name.
            domainrenewals: BTreeMap<String, u64>,
            clientip: String,
            /// A single addon for `serviceid`.
            addonid: u64,
            addonidqty: u64,
            serviceid: u64,
            /// Several addons, in step with `serviceids`.
            addonids: Vec<u64>,
            addonidsqty: Vec<u64>,
            serviceids: Vec<u64>,
            /// Services to renew.
            servicerenewals: Vec<u64>,
            /// Addons to renew.
            addonrenewals: Vec<u64>,
            /// For admins only; works although undocumented (quirk 59).
            notes: String,
        }
    }

    /// Accepts a pending order: provisions, registers and mails as asked.
    /// <https://developers.whmcs.com/api-reference/acceptorder/>
    AcceptOrder: Billable, External => Done {
        needs { orderid: u64, }
        may {
            /// Server for the services of the order.
            serverid: u64,
            serviceusername: String,
            servicepassword: Secret,
            /// Registrar module for the domains of the order.
            registrar: String,
            /// Call the registrar.
            sendregistrar: bool,
            /// Call the server module, whatever the product says.
            autosetup: bool,
            sendemail: bool,
        }
    }

    /// Makes an order and what belongs to it pending again. <https://developers.whmcs.com/api-reference/pendingorder/>
    PendingOrder: Idempotent, Quick => Done {
        needs { orderid: u64, }
    }

    /// Cancels a pending order. <https://developers.whmcs.com/api-reference/cancelorder/>
    CancelOrder: Destructive, External => Done {
        needs { orderid: u64, }
        may {
            /// Also cancel subscriptions at the gateway.
            cancelsub: bool,
            noemail: bool,
        }
    }

    /// Marks an order as fraud. <https://developers.whmcs.com/api-reference/fraudorder/>
    FraudOrder: Destructive, External => Done {
        needs { orderid: u64, }
        may {
            /// Also cancel subscriptions at the gateway.
            cancelsub: bool,
        }
    }

    /// Erases a cancelled or fraudulent order with its services, domains and invoices (quirk 72).
    /// <https://developers.whmcs.com/api-reference/deleteorder/>
    DeleteOrder: Destructive, Quick => Done {
        needs { orderid: u64, }
    }

    /// Has the fraud module look at an order. <https://developers.whmcs.com/api-reference/orderfraudcheck/>
    OrderFraudCheck: Once, External => FraudCheck {
        needs { orderid: u64, }
        may { ipaddress: String, }
    }
}

paged! {
    GetOrders: orders of OrderRow, by id;
}
