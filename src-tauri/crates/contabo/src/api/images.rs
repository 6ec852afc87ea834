//! Images, the provider's and one's own.

use crate::api::instances::Tenant;
use crate::lenient::{Quantity, Stamp};
use crate::reply::Done;

open_enum! {
    /// File format of an image.
    ImageFormat {
        Iso = "iso",
        Qcow2 = "qcow2",
    }
}

open_enum! {
    /// Operating system of a custom image; Linux stands for everything that is not Windows.
    ImageOs {
        Windows = "Windows",
        Linux = "Linux",
    }
}

open_enum! {
    /// How far an image is. The documentation calls it free text; these words were seen (quirk 5).
    ImageStatus {
        Downloading = "downloading",
        Downloaded = "downloaded",
        Error = "error",
    }
}

object! {
    /// A tag on an image.
    AssignedTag
    key {
        /// Tag id.
        tag_id: i64,
    }
    rest {
        /// Tag name.
        tag_name: String,
    }
}

object! {
    /// An image.
    Image
    key {
        /// Image id, a UUID.
        image_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: Tenant,
        /// Customer number.
        customer_id: String,
        /// Name.
        name: String,
        /// Description.
        description: String,
        /// Where it was downloaded from.
        url: String,
        /// Size in MB.
        size_mb: Option<Quantity>,
        /// How much of it is here, in MB.
        uploaded_size_mb: Option<Quantity>,
        /// Operating system.
        os_type: String,
        /// Version of its contents.
        version: String,
        /// File format.
        format: ImageFormat,
        /// How far it is.
        status: ImageStatus,
        /// Why the download failed.
        error_message: String,
        /// The provider's own (true) or a custom one.
        standard_image: bool,
        /// When it was created.
        creation_date: Option<Stamp>,
        /// When it was last changed.
        last_modified_date: Option<Stamp>,
        /// Its tags; only in lists.
        tags: Vec<AssignedTag>,
    }
}

object! {
    /// What creating or changing an image answers.
    ImageRef
    key {
        /// Image id.
        image_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
    }
}

object! {
    /// Space for custom images.
    ImageStats
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Custom images there are.
        current_images_count: Option<i64>,
        /// Space in all, MB.
        total_size_mb: Option<Quantity>,
        /// Space used, MB.
        used_size_mb: Option<Quantity>,
        /// Space left, MB.
        free_size_mb: Option<Quantity>,
    }
}

listing! {
    /// Lists the images.
    RetrieveImageList = "retrieveImageList", "/v1/compute/images", Images -> Image;
    query {
        /// Name.
        name: String,
        /// Only the provider's own, or only custom ones.
        standard_image: bool,
        /// Searches name and operating system.
        search: String,
    }
}

operation! {
    /// Has an image downloaded from a URL that leads directly to an .iso or .qcow2 file. Needs the custom image add-on.
    CreateCustomImage = "createCustomImage", POST "/v1/compute/images", Images, Once, External -> ImageRef;
    require {
        /// Name.
        name: String,
        /// Direct link.
        url: String,
        /// Operating system.
        os_type: ImageOs,
        /// Version of its contents.
        version: String,
    }
    body {
        /// Description.
        description: String,
    }
}

operation! {
    /// How much space for custom images there is.
    RetrieveCustomImagesStats = "retrieveCustomImagesStats", GET "/v1/compute/images/stats", Images, Read, Quick
        -> ImageStats;
}

operation! {
    /// One image.
    RetrieveImage = "retrieveImage", GET "/v1/compute/images/{imageId}", Images, Read, Quick -> Image;
    path {
        /// Image id.
        image_id: String,
    }
}

operation! {
    /// Changes a custom image's name or description.
    UpdateImage = "updateImage", PATCH "/v1/compute/images/{imageId}", Images, Idempotent, Quick -> ImageRef;
    path {
        /// Image id.
        image_id: String,
    }
    body {
        /// Name.
        name: String,
        /// Description.
        description: String,
    }
}

operation! {
    /// Deletes a custom image.
    DeleteImage = "deleteImage", DELETE "/v1/compute/images/{imageId}", Images, Destructive, Quick -> Done;
    path {
        /// Image id.
        image_id: String,
    }
}
