//! Contabo's rows as the mirror keeps them.

use rackdesk_contabo::api::{
    data_centers::DataCenter, images::Image, instances::Instance, tag_assignments::Assignment, tags::Tag,
};
use rackdesk_store::mirror::{DataCenterRecord, ImageRecord, InstanceRecord, TagAssignment, TagRecord};
use serde::Serialize;
use serde_json::Value;

fn json(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

/// An instance.
pub(crate) fn instance(row: &Instance) -> InstanceRecord {
    let main = row.ip_config.as_ref();
    let v4 = main.and_then(|c| c.v4.as_ref()).map(|ip| ip.ip.clone()).unwrap_or_default();
    let v6 = main.and_then(|c| c.v6.as_ref()).map(|ip| ip.ip.clone()).unwrap_or_default();
    let more = row.additional_ips.iter().filter_map(|a| a.v4.as_ref()).map(|ip| ip.ip.clone());
    let addresses = [v4.clone(), v6.clone()].into_iter().chain(more).filter(|ip| !ip.is_empty()).collect();
    InstanceRecord {
        id: row.instance_id,
        name: row.name.clone(),
        display_name: row.display_name.clone(),
        status: row.status.to_string(),
        error_message: row.error_message.clone(),
        region: row.region.to_string(),
        region_name: row.region_name.clone(),
        data_center: row.data_center.clone(),
        product_id: row.product_id.clone(),
        product_name: row.product_name.clone(),
        product_type: row.product_type.to_string(),
        image_id: row.image_id.clone(),
        os_type: row.os_type.clone(),
        ipv4: v4,
        ipv6: v6,
        addresses,
        mac: row.mac_address.clone(),
        cpu: row.cpu_cores.unwrap_or(0),
        ram_mb: row.ram_mb.and_then(|q| q.whole()).unwrap_or(0),
        disk_mb: row.disk_mb.and_then(|q| q.whole()).unwrap_or(0),
        host: row.v_host_name.clone(),
        default_user: row.default_user.to_string(),
        created: row.created_date.as_ref().and_then(|s| s.at()),
        cancel_date: row.cancel_date.as_ref().and_then(|s| s.date()),
        extra: json(row),
    }
}

/// An image.
pub(super) fn image(row: &Image) -> ImageRecord {
    ImageRecord {
        id: row.image_id.clone(),
        name: row.name.clone(),
        description: row.description.clone(),
        os_type: row.os_type.clone(),
        version: row.version.clone(),
        status: row.status.to_string(),
        standard: row.standard_image,
        size_mb: row.size_mb.and_then(|q| q.whole()).unwrap_or(0),
        extra: json(row),
    }
}

/// A data center.
pub(super) fn data_center(row: &DataCenter) -> DataCenterRecord {
    DataCenterRecord {
        slug: row.slug.clone(),
        name: row.name.clone(),
        region: row.region_slug.clone(),
        region_name: row.region_name.clone(),
        capabilities: row.capabilities.iter().map(ToString::to_string).collect(),
        extra: json(row),
    }
}

/// A tag.
pub(super) fn tag(row: &Tag) -> TagRecord {
    TagRecord {
        id: row.tag_id,
        name: row.name.clone(),
        colour: row.color.clone(),
        description: row.description.clone(),
        extra: json(row),
    }
}

/// What a tag is on.
pub(super) fn assignment(row: &Assignment) -> TagAssignment {
    TagAssignment { resource_type: row.resource_type.to_string(), resource_id: row.resource_id.clone() }
}
