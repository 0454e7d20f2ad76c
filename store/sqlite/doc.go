// Package sqlite keeps the two databases of Menshen in SQLite files through mattn/go-sqlite3: Site (site.db) holds people,
// templates, the pass log and the audit log; Outbox (gate.db) numbers the passes of a gate and holds them until they are
// committed at the site. It knows neither NATS nor HTTP, and decides nothing.
//
// Each file has one writing connection and a pool of read-only ones, in WAL mode with synchronous=FULL: what a method has
// acknowledged is on the disk. Every connection checks its settings when it is opened, because the driver's own
// defaults are weaker. Deleted content is overwritten (secure_delete). SQLite does not encrypt: the folder is open to its
// owner only, and operators are told to encrypt the disk.
//
// A full disk makes writes fail with CodeExhausted and reads go on; nothing acknowledged is lost, and writing works again
// by itself once there is space. A damaged file is refused at opening with CodeCorrupt.
package sqlite
