//! What the made-up company can buy from its server provider: plans, regions, images.

/// A plan of the server provider.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Product id, `V91` …
    pub product_id: &'static str,
    /// Name on the price list.
    pub name: &'static str,
    /// `nvme`, `ssd`, `hdd` or `vds`.
    pub kind: &'static str,
    /// Virtual cores.
    pub cores: u64,
    /// Memory in MB.
    pub ram_mb: u64,
    /// Disk in MB.
    pub disk_mb: u64,
    /// Snapshots that come with it.
    pub snapshots: u64,
    /// Euro cents per month in the EU region.
    pub cents: i64,
}

const fn plan(
    product_id: &'static str,
    name: &'static str,
    kind: &'static str,
    (cores, ram_gb, disk_gb, snapshots): (u64, u64, u64, u64),
    cents: i64,
) -> Plan {
    Plan { product_id, name, kind, cores, ram_mb: ram_gb * 1024, disk_mb: disk_gb * 1024, snapshots, cents }
}

/// The price list, cheapest family first.
pub const PLANS: &[Plan] = &[
    plan("V91", "Cloud VPS 10 NVMe", "nvme", (4, 8, 75, 1), 550),
    plan("V92", "Cloud VPS 10 SSD", "ssd", (4, 8, 150, 1), 550),
    plan("V94", "Cloud VPS 20 NVMe", "nvme", (6, 12, 100, 2), 750),
    plan("V95", "Cloud VPS 20 SSD", "ssd", (6, 12, 200, 2), 750),
    plan("V97", "Cloud VPS 30 NVMe", "nvme", (8, 24, 200, 3), 1400),
    plan("V98", "Cloud VPS 30 SSD", "ssd", (8, 24, 400, 3), 1400),
    plan("V100", "Cloud VPS 40 NVMe", "nvme", (12, 48, 250, 3), 2500),
    plan("V101", "Cloud VPS 40 SSD", "ssd", (12, 48, 500, 3), 2500),
    plan("V103", "Cloud VPS 50 NVMe", "nvme", (16, 64, 300, 3), 3700),
    plan("V104", "Cloud VPS 50 SSD", "ssd", (16, 64, 600, 3), 3700),
    plan("V106", "Cloud VPS 60 NVMe", "nvme", (18, 96, 350, 3), 4900),
    plan("V107", "Cloud VPS 60 SSD", "ssd", (18, 96, 700, 3), 4900),
    plan("V93", "Storage VPS 10", "hdd", (2, 4, 300, 0), 550),
    plan("V96", "Storage VPS 20", "hdd", (3, 8, 400, 0), 750),
    plan("V99", "Storage VPS 30", "hdd", (6, 18, 1000, 0), 1400),
    plan("V102", "Storage VPS 40", "hdd", (8, 30, 1200, 0), 2500),
    plan("V105", "Storage VPS 50", "hdd", (14, 50, 1400, 0), 3700),
    plan("V8", "Cloud VDS S", "vds", (6, 24, 180, 0), 3900),
    plan("V9", "Cloud VDS M", "vds", (8, 32, 240, 0), 4900),
    plan("V10", "Cloud VDS L", "vds", (12, 48, 360, 0), 6900),
    plan("V11", "Cloud VDS XL", "vds", (16, 64, 480, 0), 9400),
    plan("V16", "Cloud VDS XXL", "vds", (24, 96, 720, 0), 13900),
];

/// A region with its data centres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// `EU`, `US-central`, …
    pub slug: &'static str,
    /// Its name in full.
    pub name: &'static str,
    /// Names of the data centres in it.
    pub data_centers: &'static [&'static str],
    /// Object storage is sold there.
    pub object_storage: bool,
    /// Of a hundred servers, so many stand there.
    pub weight: u32,
}

/// Where servers stand.
pub const REGIONS: &[Region] = &[
    Region {
        slug: "EU",
        name: "European Union",
        data_centers: &["European Union 1", "European Union 2", "European Union 3"],
        object_storage: true,
        weight: 62,
    },
    Region {
        slug: "US-central",
        name: "United States (Central)",
        data_centers: &["United States (Central) 1"],
        object_storage: true,
        weight: 10,
    },
    Region {
        slug: "US-east",
        name: "United States (East)",
        data_centers: &["United States (East) 1"],
        object_storage: false,
        weight: 7,
    },
    Region {
        slug: "US-west",
        name: "United States (West)",
        data_centers: &["United States (West) 1"],
        object_storage: false,
        weight: 4,
    },
    Region {
        slug: "UK",
        name: "United Kingdom",
        data_centers: &["United Kingdom 1"],
        object_storage: false,
        weight: 6,
    },
    Region {
        slug: "SIN",
        name: "Asia (Singapore)",
        data_centers: &["Asia (Singapore) 1"],
        object_storage: true,
        weight: 5,
    },
    Region { slug: "JPN", name: "Asia (Japan)", data_centers: &["Asia (Japan) 1"], object_storage: false, weight: 2 },
    Region { slug: "IND", name: "Asia (India)", data_centers: &["Asia (India) 1"], object_storage: false, weight: 2 },
    Region { slug: "AUS", name: "Australia", data_centers: &["Australia 1"], object_storage: false, weight: 2 },
];

/// A standard image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    /// Its UUID.
    pub id: &'static str,
    /// `ubuntu-24.04`, …
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// `Linux` or `Windows`.
    pub os_type: &'static str,
    /// Version of the system.
    pub version: &'static str,
    /// Of a hundred servers, so many run it.
    pub weight: u32,
}

const fn image(
    id: &'static str,
    name: &'static str,
    description: &'static str,
    os_type: &'static str,
    version: &'static str,
    weight: u32,
) -> Image {
    Image { id, name, description, os_type, version, weight }
}

/// Standard images. Only the first two ids are the provider's own; the others are made up.
pub const IMAGES: &[Image] = &[
    image("afecbb85-e2fc-46f0-9684-b46b1faf00bb", "ubuntu-22.04", "Ubuntu 22.04 LTS", "Linux", "22.04", 24),
    image("db1409d2-ed92-4f2f-978e-7b2fa4a1ec90", "ubuntu-20.04", "Ubuntu 20.04 LTS", "Linux", "20.04", 7),
    image("d64d5c6c-9dda-4e38-8174-0ee282474d8a", "ubuntu-24.04", "Ubuntu 24.04 LTS", "Linux", "24.04", 25),
    image("3b8e1f0a-6c1d-4a52-9f7b-2d9d1c7a5e10", "debian-12", "Debian 12 (Bookworm)", "Linux", "12", 18),
    image("5c2f7d94-0b3e-4d18-8a6c-71e4f2b9d311", "debian-13", "Debian 13 (Trixie)", "Linux", "13", 5),
    image("7e9a4b16-52c8-4f0d-b3a1-8c6d0e5f2a42", "almalinux-9", "AlmaLinux 9", "Linux", "9", 7),
    image("91d3c8e7-4f6a-4b29-a5d0-3e7b9c1f8053", "rockylinux-9", "Rocky Linux 9", "Linux", "9", 4),
    image("a4f60b2d-8e17-4c93-96be-5d2a7f0c3164", "fedora-42", "Fedora Server 42", "Linux", "42", 1),
    image("b7c1e953-2a0d-4e6f-8d47-9f3b6a5c0275", "arch", "Arch Linux", "Linux", "latest", 1),
    image(
        "c80d5f7e-9b34-4a1c-b2e6-0a4c8d7f1386",
        "windows-server-2022-std",
        "Windows Server 2022",
        "Windows",
        "2022",
        5,
    ),
    image(
        "d93e6a0f-1c75-4b8d-a0f3-6b5d9e8c2497",
        "windows-server-2025-std",
        "Windows Server 2025",
        "Windows",
        "2025",
        2,
    ),
    image("e2a7b1c4-3d86-4f9e-95c8-7c6e0f9d35a8", "freebsd-14", "FreeBSD 14", "Linux", "14", 1),
];

/// The plan with this product id.
pub fn plan_of(product_id: &str) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| plan.product_id == product_id)
}

/// The region with this slug.
pub fn region_of(slug: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.slug == slug)
}

/// The standard image with this id.
pub fn image_of(id: &str) -> Option<&'static Image> {
    IMAGES.iter().find(|image| image.id == id)
}
