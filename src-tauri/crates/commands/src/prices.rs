//! Prices that moved: what WHMCS asks for, its rates, and the dated list of what Contabo's servers cost.

use jiff::Timestamp;
use rackdesk_console::{
    fault::Fault,
    prices::{OLD_AFTER_DAYS, PriceList, watch},
};
use rackdesk_store::{
    StoreError,
    list::PRICES,
    mirror::{MoveRecord, PriceListRecord, price_list, read_move},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    AppError, Core,
    list::{self, ListQuery, Window},
};

/// A price or a rate that moved. Columns: id, at, kind, subject, name, term, currency, change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PriceMove {
    /// Row.
    pub id: i64,
    /// When it was seen (RFC 3339, UTC).
    pub at: String,
    /// `rate`, `product`, `option`, `tld`, `contabo`.
    pub kind: String,
    /// Currency code, product id, choice id, TLD or Contabo's product id.
    pub subject: String,
    /// What people call it.
    pub name: String,
    /// For what of it: `monthly`, `setup.monthly`, `register.1`, `months.12`, `once.1`, `region.JPN`, `add_on.backup`;
    /// empty for a rate.
    pub term: String,
    /// Currency code; of a rate the currency itself.
    pub currency: String,
    /// Before, decimal text; `None` when it could not be bought.
    pub old: Option<String>,
    /// Since, decimal text; `None` when it cannot be bought any more.
    pub new: Option<String>,
    /// `up`, `down`, `began`, `ended`.
    pub change: String,
}

/// How a list of prices was read last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PriceListState {
    /// `contabo`, `rates`, `products`, `tlds`.
    pub list: String,
    /// When it was last read whole (RFC 3339, UTC); `None` when it never was.
    pub read_at: Option<String>,
    /// Prices in it.
    pub prices: u32,
    /// Those that could not be understood.
    pub unclear: u32,
    /// Why it could not be read the last time, e.g. a right that is missing.
    pub error: Option<AppError>,
}

/// The dated list of Contabo's prices that holds today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContaboPrices {
    /// The first digits of its hash.
    pub version: String,
    /// The day on which it was read (yyyy-mm-dd).
    pub as_of: String,
    /// Where.
    pub source: String,
    /// How many days ago that was.
    pub days: u32,
    /// It is too old to be relied on.
    pub old: bool,
}

/// How far prices were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PricesState {
    /// The lists of this profile that were asked for.
    pub lists: Vec<PriceListState>,
    /// What Contabo's servers cost: its API has no prices.
    pub contabo: ContaboPrices,
}

impl From<MoveRecord> for PriceMove {
    fn from(r: MoveRecord) -> Self {
        let text = |amount: Option<Decimal>| amount.map(|amount| amount.to_string());
        let change = r.change().to_owned();
        Self {
            id: r.id,
            at: r.at.to_string(),
            kind: r.key.kind,
            subject: r.key.subject,
            name: r.name,
            term: r.key.term,
            currency: r.key.currency,
            old: text(r.old),
            new: text(r.new),
            change,
        }
    }
}

impl From<PriceListRecord> for PriceListState {
    fn from(r: PriceListRecord) -> Self {
        let fault = r.error.and_then(|json| serde_json::from_str::<Fault>(&json).ok());
        Self {
            list: r.list,
            read_at: r.read_at.map(|at| at.to_string()),
            prices: r.prices,
            unclear: r.unclear,
            error: fault.map(AppError::from),
        }
    }
}

/// A window of what moved, newest first unless asked otherwise.
///
/// # Errors
/// When the question makes no sense, or the store fails.
pub async fn prices_window(core: &Core, input: ListQuery) -> Result<Window<PriceMove>, AppError> {
    list::window(core, &PRICES, input, |row| read_move(row).map(PriceMove::from)).await
}

/// How far prices were read, and how old the list of Contabo's prices is.
///
/// # Errors
/// When the store fails.
pub async fn prices_state(core: &Core, (): ()) -> Result<PricesState, AppError> {
    let session = core.session()?;
    let read = session.store.read_async(|c| {
        let known = watch::LISTS.iter().filter_map(|list| price_list(c, list).transpose());
        known.collect::<Result<Vec<_>, StoreError>>()
    });
    let list = PriceList::shipped();
    let days = list.days(watch::today(Timestamp::now()));
    Ok(PricesState {
        lists: read.await?.into_iter().map(PriceListState::from).collect(),
        contabo: ContaboPrices {
            version: list.version.clone(),
            as_of: list.as_of.to_string(),
            source: list.source.clone(),
            days,
            old: days > OLD_AFTER_DAYS,
        },
    })
}
