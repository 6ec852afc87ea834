//! Lines of invoices and quotes, each of which WHMCS wants in another way (quirks 55, 57).

use rust_decimal::Decimal;

use super::Param;
use crate::form::Form;
use crate::given::{Given, Node, ParamError};
use crate::php::PhpValue;

/// A line of a new invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineItem {
    /// Text on the invoice.
    pub description: String,
    /// Amount in the client's currency, before tax.
    pub amount: Decimal,
    /// Whether tax is added.
    pub taxed: bool,
}

/// The lines of CreateInvoice: `itemdescription1`, `itemamount1`, `itemtaxed1`, `itemdescription2`, …
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvoiceItems(pub Vec<LineItem>);

const LINE: &str = "given as itemdescription1, itemamount1 and itemtaxed1, and so on";

impl Param for InvoiceItems {
    const KIND: &'static str = "lines";
    const NAMES: &'static [&'static str] = &["itemdescriptionx", "itemamountx", "itemtaxedx"];

    fn put(&self, _: &str, form: &mut Form) {
        for (item, number) in self.0.iter().zip(1..) {
            form.text(&format!("itemdescription{number}"), &item.description);
            item.amount.put(&format!("itemamount{number}"), form);
            item.taxed.put(&format!("itemtaxed{number}"), form);
        }
    }

    fn take(_: Node) -> Result<Self, &'static str> {
        Err(LINE)
    }

    fn find(_: &str, given: &mut Given) -> Result<Option<Self>, ParamError> {
        let misfit = |name: String, expected| ParamError::Misfit { name, expected };
        let descriptions = given.remove_numbered("itemdescription");
        let mut amounts = given.remove_numbered("itemamount").into_iter();
        let mut taxed = given.remove_numbered("itemtaxed").into_iter().peekable();
        let mut items = Vec::with_capacity(descriptions.len());
        for (number, description) in descriptions {
            let name = format!("itemdescription{number}");
            let description = String::take(description).map_err(|expected| misfit(name, expected))?;
            let name = format!("itemamount{number}");
            let amount = amounts.next().filter(|(n, _)| *n == number).ok_or_else(|| misfit(name.clone(), LINE))?.1;
            let amount = Decimal::take(amount).map_err(|expected| misfit(name, expected))?;
            let taxed = match taxed.next_if(|(n, _)| *n == number) {
                None => false,
                Some((_, node)) => {
                    bool::take(node).map_err(|expected| misfit(format!("itemtaxed{number}"), expected))?
                }
            };
            items.push(LineItem { description, amount, taxed });
        }
        if let Some((number, _)) = amounts.next() {
            return Err(misfit(format!("itemamount{number}"), LINE));
        }
        if let Some((number, _)) = taxed.next() {
            return Err(misfit(format!("itemtaxed{number}"), LINE));
        }
        Ok((!items.is_empty()).then_some(Self(items)))
    }
}

/// A line of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteLine {
    /// The line that is changed (UpdateQuote); `None` adds one.
    pub id: Option<u64>,
    /// Text on the quote.
    pub description: String,
    /// Quantity.
    pub quantity: Decimal,
    /// Unit price.
    pub unit_price: Decimal,
    /// Discount in per cent.
    pub discount: Decimal,
    /// Whether tax is added.
    pub taxable: bool,
}

/// The lines of CreateQuote and UpdateQuote: `base64(serialize([[desc, qty, up, discount, taxable], …]))`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuoteLines(pub Vec<QuoteLine>);

impl QuoteLine {
    fn to_php(&self) -> PhpValue {
        let id = self.id.map(|id| ("id", PhpValue::from(id)));
        let rest = [
            ("desc", PhpValue::from(self.description.as_str())),
            // The documented example sends whole quantities as integers.
            (
                "qty",
                i64::try_from(self.quantity)
                    .ok()
                    .filter(|_| self.quantity.is_integer())
                    .map_or_else(|| self.quantity.into(), PhpValue::Int),
            ),
            ("up", self.unit_price.into()),
            ("discount", self.discount.into()),
            ("taxable", self.taxable.into()),
        ];
        PhpValue::map(id.into_iter().chain(rest))
    }
}

impl Param for QuoteLines {
    const KIND: &'static str = "lines";
    const NAMES: &'static [&'static str] = &[
        "lineitems",
        "lineitems[x][id]",
        "lineitems[x][desc]",
        "lineitems[x][qty]",
        "lineitems[x][up]",
        "lineitems[x][discount]",
        "lineitems[x][taxable]",
    ];

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &PhpValue::list(self.0.iter().map(QuoteLine::to_php)).serialize_base64());
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let expected = "lines with desc, qty, up, discount and taxable";
        node.unserialised()
            .entries()
            .into_iter()
            .map(|(_, line)| {
                let mut line: indexmap::IndexMap<_, _> = line.entries().into_iter().collect();
                let mut part = |key: &str| line.shift_remove(key);
                Ok(QuoteLine {
                    id: part("id").map(u64::take).transpose()?,
                    description: String::take(part("desc").ok_or(expected)?)?,
                    quantity: part("qty").map_or(Ok(Decimal::ONE), Decimal::take)?,
                    unit_price: Decimal::take(part("up").ok_or(expected)?)?,
                    discount: part("discount").map_or(Ok(Decimal::ZERO), Decimal::take)?,
                    taxable: part("taxable").map_or(Ok(false), bool::take)?,
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
