//! WHMCS's rows as the mirror keeps them.

use jiff::Timestamp;
use rackdesk_store::mirror::Kind;

use super::{Mirror, source::OnPage};
use crate::fault::Fault;

pub(super) async fn read(
    _mirror: &Mirror,
    client: &std::convert::Infallible,
    _kind: Kind,
    _seen_at: Timestamp,
    _on_page: OnPage<'_>,
) -> Result<(), Fault> {
    match *client {}
}
