//! Where each kind comes from.

use futures::{Stream, TryStreamExt, pin_mut};
use jiff::{Timestamp, tz::TimeZone};
use rackdesk_contabo::{
    PAGE_SIZE, Page, Paged,
    api::{
        data_centers::RetrieveDataCenterList, images::RetrieveImageList, instances::RetrieveInstancesList,
        tag_assignments::RetrieveAssignmentList, tags::RetrieveTagList,
    },
};
use rackdesk_store::mirror::{self, Kind, Mirrored};

use super::{Mirror, contabo, whmcs};
use crate::fault::{ErrorCode, Fault};

/// Told after each page: rows in it, and rows there are when known.
pub(super) type OnPage<'a> = &'a mut (dyn FnMut(usize, Option<u32>) + Send);

/// Reads one kind to its end and keeps each page as it comes.
pub(super) async fn read(mirror: &Mirror, kind: Kind, seen_at: Timestamp, on_page: OnPage<'_>) -> Result<(), Fault> {
    match kind {
        Kind::Clients | Kind::Services | Kind::Invoices | Kind::Tickets => {
            let client = mirror.inner.clients.whmcs.clone().ok_or_else(|| Fault::of(ErrorCode::NoProfile))?;
            whmcs::read(mirror, &client, kind, seen_at, on_page).await
        }
        Kind::Instances => pages(mirror, RetrieveInstancesList::new(), contabo::instance, seen_at, on_page).await,
        Kind::Images => pages(mirror, RetrieveImageList::new(), contabo::image, seen_at, on_page).await,
        Kind::DataCenters => pages(mirror, RetrieveDataCenterList::new(), contabo::data_center, seen_at, on_page).await,
        Kind::Tags => {
            pages(mirror, RetrieveTagList::new(), contabo::tag, seen_at, on_page).await?;
            assignments(mirror).await
        }
    }
}

/// Keeps the records of one page.
pub(super) async fn keep<R: Mirrored + Send + 'static>(
    mirror: &Mirror,
    records: Vec<R>,
    seen_at: Timestamp,
) -> Result<(), Fault> {
    mirror
        .write(move |tx| {
            let written = mirror::upsert_many(tx, &records, seen_at)?;
            if written.added + written.changed > 0 {
                mirror::settle(tx, Timestamp::now().to_zoned(TimeZone::system()).date())?;
            }
            Ok(())
        })
        .await
        .map_err(Fault::from)
}

async fn pages<O, R>(
    mirror: &Mirror,
    list: O,
    record: impl Fn(&O::Item) -> R,
    seen_at: Timestamp,
    on_page: OnPage<'_>,
) -> Result<(), Fault>
where
    O: Paged,
    R: Mirrored + Send + 'static,
{
    let client = mirror.inner.clients.contabo.clone().ok_or_else(|| Fault::of(ErrorCode::NoProfile))?;
    let pages = client.pages(list, PAGE_SIZE);
    pin_mut!(pages);
    while let Some(page) = next(&mut pages).await? {
        let total = page.total().and_then(|n| u32::try_from(n).ok());
        let records: Vec<R> = page.data.iter().map(&record).collect();
        let rows = records.len();
        keep(mirror, records, seen_at).await?;
        on_page(rows, total);
    }
    Ok(())
}

async fn next<T>(
    pages: &mut (impl Stream<Item = Result<Page<T>, rackdesk_contabo::Error>> + Unpin),
) -> Result<Option<Page<T>>, Fault> {
    pages.try_next().await.map_err(|e| Fault::from(&e))
}

/// Which instances carry which tag.
async fn assignments(mirror: &Mirror) -> Result<(), Fault> {
    let client = mirror.inner.clients.contabo.clone().ok_or_else(|| Fault::of(ErrorCode::NoProfile))?;
    let tags: Vec<_> = client.all(RetrieveTagList::new()).await.map_err(|e| Fault::from(&e))?;
    for tag in tags {
        let list = RetrieveAssignmentList::new(tag.tag_id);
        let wanted: Vec<_> =
            client.all(list).await.map_err(|e| Fault::from(&e))?.iter().map(contabo::assignment).collect();
        mirror.write(move |tx| mirror::replace_assignments(tx, tag.tag_id, &wanted)).await.map_err(Fault::from)?;
    }
    Ok(())
}
