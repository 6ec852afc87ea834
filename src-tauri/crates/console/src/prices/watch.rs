//! The daily look at prices. Each list is read whole and compared with what was known; what moved is kept with its day,
//! and nothing is written of what did not. The first reading of a list is what is known from then on.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rackdesk_store::{
    Store, StoreError,
    mirror::{MoveRecord, PriceListRecord, move_price, price_list, price_points, save_price_list, set_price},
    rusqlite::Transaction,
};
use rackdesk_whmcs::Client;

use super::{
    PriceList, lists,
    moves::{Reading, moved, renamed},
};
use crate::fault::{ErrorCode, Fault};

/// The names of the lists, as they are kept.
pub const LISTS: [&str; 4] = ["contabo", "rates", "products", "tlds"];

/// What a look brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looked {
    /// Prices and rates read.
    pub prices: u32,
    /// Those that moved.
    pub moved: u32,
    /// Those that could not be understood; what was known of them stays.
    pub unclear: u32,
    /// Lists that could not be read.
    pub failed: u32,
    /// The first reason that is not a missing right: the role of the credential may leave some lists out for good.
    pub fault: Option<Fault>,
}

struct Watch<'a> {
    store: &'a Store,
    now: Timestamp,
    looked: Looked,
}

/// Reads every list that there is, and keeps what moved. A list that cannot be read keeps none of the others from it,
/// unless nobody answers at all. `now` dates what moved.
///
/// # Errors
/// When the store fails.
pub async fn look(
    store: &Store,
    whmcs: Option<&Client>,
    contabo: Option<&PriceList>,
    now: Timestamp,
) -> Result<Looked, StoreError> {
    let mut watch = Watch { store, now, looked: Looked::default() };
    if let Some(list) = contabo {
        watch.keep("contabo", lists::contabo(list), Some((list.version.clone(), list.as_of))).await?;
    }
    if let Some(client) = whmcs {
        watch.whmcs(client).await?;
    }
    Ok(watch.looked)
}

/// Nobody is there, or nobody lets us in: what one list meets, the others would, too.
fn hopeless(code: ErrorCode) -> bool {
    use ErrorCode as E;
    matches!(
        code,
        E::Dns
            | E::Connect
            | E::Tls
            | E::Timeout
            | E::Cut
            | E::Throttled
            | E::WhmcsCredential
            | E::IpNotAllowed
            | E::Maintenance
            | E::Licence
    )
}

impl Watch<'_> {
    async fn whmcs(&mut self, client: &Client) -> Result<(), StoreError> {
        let currencies = match lists::rates(client).await {
            Ok((reading, currencies)) => {
                self.keep("rates", reading, None).await?;
                currencies
            }
            Err(fault) => Err(self.failed("rates", fault).await?),
        };
        if currencies.as_ref().is_err_and(|fault| hopeless(fault.code)) {
            return Ok(());
        }
        // Without the list of currencies each product tells by itself which there are.
        let known = currencies.as_ref().map_or(&[][..], Vec::as_slice);
        match lists::products(client, known).await {
            Ok(reading) => self.keep("products", reading, None).await?,
            Err(fault) => {
                if hopeless(self.failed("products", fault).await?.code) {
                    return Ok(());
                }
            }
        }
        let tlds = match &currencies {
            Ok(currencies) => lists::tlds(client, currencies).await,
            // Nobody knows in which currencies to ask.
            Err(fault) => Err(fault.clone()),
        };
        match tlds {
            Ok(reading) => self.keep("tlds", reading, None).await?,
            Err(fault) => {
                self.failed("tlds", fault).await?;
            }
        }
        Ok(())
    }

    /// Compares a reading with what was known, in one transaction. One that lost a whole part is none.
    async fn keep(
        &mut self,
        list: &'static str,
        reading: Reading,
        dated: Option<(String, Date)>,
    ) -> Result<(), StoreError> {
        let now = self.now;
        let prices = reading.prices();
        match self.store.write_async(move |tx| compare(tx, list, &reading, dated, now)).await? {
            Some(Compared { moved, unclear }) => {
                self.looked.prices += prices;
                self.looked.unclear += unclear;
                self.looked.moved += moved;
            }
            None => {
                self.failed(list, lists::damaged("pricing")).await?;
            }
        }
        Ok(())
    }

    async fn failed(&mut self, list: &'static str, fault: Fault) -> Result<Fault, StoreError> {
        self.looked.failed += 1;
        if self.looked.fault.is_none() && fault.code != ErrorCode::ActionNotPermitted {
            self.looked.fault = Some(fault.clone());
        }
        let (now, error) = (self.now, serde_json::to_string(&fault).ok());
        self.store
            .write_async(move |tx| {
                let known = price_list(tx, list)?;
                let state = PriceListRecord { tried_at: now, error, ..known.unwrap_or_else(|| never_read(list, now)) };
                save_price_list(tx, &state)
            })
            .await?;
        Ok(fault)
    }
}

fn never_read(list: &str, now: Timestamp) -> PriceListRecord {
    PriceListRecord {
        list: list.to_owned(),
        tried_at: now,
        read_at: None,
        prices: 0,
        unclear: 0,
        dated: None,
        error: None,
    }
}

struct Compared {
    moved: u32,
    unclear: u32,
}

/// What came of it; `None`, and nothing is written, when a part came without a row where prices are known.
fn compare(
    tx: &Transaction<'_>,
    list: &str,
    reading: &Reading,
    dated: Option<(String, Date)>,
    now: Timestamp,
) -> Result<Option<Compared>, StoreError> {
    let before = price_list(tx, list)?;
    let (mut count, mut unclear) = (0, reading.unclear());
    if before.as_ref().is_some_and(|state| state.read_at.is_some()) {
        let known = price_points(tx, list)?;
        if reading.lost(&known) {
            return Ok(None);
        }
        unclear = unclear.saturating_add(reading.kept(&known));
        for one in moved(&known, reading) {
            let record = MoveRecord { id: 0, at: now, key: one.key, name: one.name, old: one.old, new: one.new };
            move_price(tx, list, &record)?;
            count += 1;
        }
        for (key, point) in renamed(&known, reading) {
            set_price(tx, list, &key, &point, now)?;
        }
    } else {
        for (key, point) in reading.points() {
            set_price(tx, list, key, &point, now)?;
        }
    }
    let prices = reading.prices();
    let state = PriceListRecord { read_at: Some(now), prices, unclear, dated, ..never_read(list, now) };
    save_price_list(tx, &state)?;
    Ok(Some(Compared { moved: count, unclear }))
}

/// The day on which a list's age is counted.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests;
