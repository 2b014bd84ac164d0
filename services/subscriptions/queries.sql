-- name: save_authority
-- An authority, new or renamed.
insert into authority (id, label) values ($1, $2)
on conflict (id) do update set label = excluded.label

-- name: has_authority
-- Whether this authority exists.
select true from authority where id = $1

-- name: has_regie
-- Whether this régie exists in this authority.
select true from regie where authority = $1 and id = $2

-- name: add_regie
-- A régie, if it is new.
insert into regie (id, authority, label, version) values ($1, $2, $3, 1)
on conflict (id) do nothing
returning true

-- name: lock_regie
-- A régie, locked.
select id, authority, label, version from regie where id = $1 for no key update

-- name: save_regie
-- A régie's new name, with the version that tells of it.
update regie set label = $2, version = $3 where id = $1

-- name: find_authority_of_service
-- Whose service this is; that never changes.
select authority from service where id = $1

-- name: add_service
-- A service, if it is new: its first règlement makes it.
insert into service (id, authority) values ($1, $2) on conflict (id) do nothing

-- name: lock_service
-- A service, locked so that its versions come one after the other.
select id, authority from service where id = $1 for no key update

-- name: find_latest_version
-- The highest version of a service's règlement, asked once the service is locked; 0 for none.
select coalesce(max(version), 0) from regulation where service = $1

-- name: find_regulation
-- A published version, word for word.
select document from regulation where service = $1 and version = $2

-- name: add_regulation
-- A version of a règlement, for ever.
insert into regulation (service, version, authority, regie, document)
values ($1, $2, $3, $4, $5)

-- name: has_category
-- Whether a published version of the service's règlement has a price for this category.
select exists (select from regulation where service = $1 and document @> $2)

-- name: add_entitlement
-- An entitlement, if it is new.
insert into entitlement (
    id, household, beneficiary, authority, service, category, valid_from, valid_until, state,
    version
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do nothing
returning true

-- name: lock_entitlement
-- An entitlement, locked.
select id, household, beneficiary, authority, service, category, valid_from, valid_until, state,
    version
from entitlement where id = $1 for no key update

-- name: save_entitlement
-- What may change of an entitlement, with the version that tells of it.
update entitlement
set category = $2, valid_from = $3, valid_until = $4, state = $5, version = $6
where id = $1
