//! The Project Management addon.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::action::actions;
use crate::actions::Message;
use crate::lenient::{self, Day, Moment, record};
use crate::paging::paged;
use crate::param::Csv;

record! {
    /// A project in a list.
    ProjectRow {
        id: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        title: String,
        ticketids: lenient::Csv<String>,
        invoiceids: lenient::Csv<String>,
        notes: String,
        adminid: Option<u64>,
        status: String,
        created: Day,
        duedate: Day,
        completed: Option<bool>,
        lastmodified: Moment,
        watchers: String,
    }
}

record! {
    /// A page of projects. The documentation's table calls the list `invoices`, its example `projects`.
    Projects {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        projects or "invoices" bare "project": Vec<ProjectRow>,
    }
}

record! {
    /// A project.
    ProjectInfo {
        id: Option<u64>,
        /// The client, despite the name.
        userid: Option<u64>,
        title: String,
        attachments: String,
        ticketids: lenient::Csv<String>,
        invoiceids: lenient::Csv<String>,
        notes: String,
        adminid: Option<u64>,
        status: String,
        created: Day,
        duedate: Day,
        completed: Option<bool>,
        lastmodified: Moment,
    }
}

record! {
    /// A stretch of work.
    TimeLog {
        id: Option<u64>,
        projectid: Option<u64>,
        taskid: Option<u64>,
        adminid: Option<u64>,
        /// Unix seconds.
        start: Option<i64>,
        /// Unix seconds; 0 while it runs.
        end: Option<i64>,
        donotbill: Option<bool>,
        /// Written for people.
        starttime: String,
        /// Written for people.
        endtime: String,
    }
}

record! {
    /// A task of a project.
    ProjectTask {
        id: Option<u64>,
        projectid: Option<u64>,
        task: String,
        notes: String,
        adminid: Option<u64>,
        created: Moment,
        duedate: Day,
        completed: Option<bool>,
        billed: Option<bool>,
        order: Option<i64>,
        timelogs in "timelog": Vec<TimeLog>,
    }
}

record! {
    /// A message on a project.
    ProjectMessage {
        id: Option<u64>,
        projectid: Option<u64>,
        date: Moment,
        message: String,
        attachments: String,
        adminid: Option<u64>,
    }
}

record! {
    /// A project with its tasks and messages.
    Project {
        projectinfo: Option<ProjectInfo>,
        tasks in "task": Vec<ProjectTask>,
        messages in "message": Vec<ProjectMessage>,
    }
}

record! {
    /// The project that was made.
    ProjectRef {
        message: String,
        projectid: Option<u64>,
    }
}

actions! {
    ProjectManagement;

    /// Projects in pages; every filter must match exactly. <https://developers.whmcs.com/api-reference/getprojects/>
    GetProjects: Read, List => Projects {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            /// The client, despite the name.
            userid: u64,
            title: String,
            ticketids: String,
            invoiceids: String,
            notes: String,
            adminid: u64,
            status: String,
            created: String,
            duedate: String,
            completed: bool,
            lastmodified: String,
        }
    }

    /// One project with tasks and messages. <https://developers.whmcs.com/api-reference/getproject/>
    GetProject: Read, Quick => Project {
        needs { projectid: u64, }
    }

    /// Makes a project. <https://developers.whmcs.com/api-reference/createproject/>
    CreateProject: Once, Quick => ProjectRef {
        needs {
            title: String,
            adminid: u64,
        }
        may {
            /// The client, despite the name.
            userid: u64,
            status: String,
            created: Date,
            duedate: Date,
            completed: bool,
            ticketids: Csv<String>,
            invoiceids: Csv<u64>,
        }
    }

    /// Changes a project. <https://developers.whmcs.com/api-reference/updateproject/>
    UpdateProject: Idempotent, Quick => Message {
        needs { projectid: u64, }
        may {
            adminid: u64,
            /// The client, despite the name.
            userid: u64,
            status: String,
            created: Date,
            duedate: Date,
            completed: bool,
            title: String,
            ticketids: Csv<String>,
            invoiceids: Csv<u64>,
            notes: String,
        }
    }

    /// Posts a message on a project. <https://developers.whmcs.com/api-reference/addprojectmessage/>
    AddProjectMessage: Once, Quick => Message {
        needs {
            projectid: u64,
            message: String,
        }
        may {
            /// The credential's admin when not given.
            adminid: u64,
        }
    }

    /// Adds a task to a project. <https://developers.whmcs.com/api-reference/addprojecttask/>
    AddProjectTask: Once, Quick => Message {
        needs {
            projectid: u64,
            duedate: Date,
        }
        may {
            adminid: u64,
            /// What is to be done; WHMCS wants it although it is documented as optional.
            task: String,
            notes: String,
            completed: bool,
            billed: bool,
        }
    }

    /// Changes a task. <https://developers.whmcs.com/api-reference/updateprojecttask/>
    UpdateProjectTask: Idempotent, Quick => Message {
        needs { taskid: u64, }
        may {
            projectid: u64,
            duedate: Date,
            adminid: u64,
            task: String,
            notes: String,
            completed: bool,
        }
    }

    /// Removes a task. <https://developers.whmcs.com/api-reference/deleteprojecttask/>
    DeleteProjectTask: Destructive, Quick => Message {
        needs {
            projectid: u64,
            taskid: u64,
        }
    }

    /// Starts the clock on a task. <https://developers.whmcs.com/api-reference/starttasktimer/>
    StartTaskTimer: Once, Quick => Message {
        needs {
            /// The task, despite the name.
            timerid: u64,
            projectid: u64,
        }
        may {
            adminid: u64,
            /// Now when not given.
            start_time: Timestamp,
            end_time: Timestamp,
        }
    }

    /// Stops the clock on a task. <https://developers.whmcs.com/api-reference/endtasktimer/>
    EndTaskTimer: Once, Quick => Message {
        needs { timerid: u64, }
        may {
            projectid: u64,
            adminid: u64,
            /// Now when not given.
            end_time: Timestamp,
        }
    }
}

paged! {
    GetProjects: projects of ProjectRow, by id;
}
