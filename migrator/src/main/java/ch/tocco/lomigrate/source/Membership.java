package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.ALIAS;
import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;
import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.source.Resolution.OidType;

/**
 * Which row belongs to which shard, as a condition of SQL. Each row belongs to exactly one, whatever its values are and
 * whatever rows come; what decides is the row itself and the number of shards, and neither the session nor the other rows.
 */
final class Membership {
    /**
     * Objects whose oids lie together lie together on the disk, so a shard takes whole regions of it; and rows that share
     * an object have the same shard.
     */
    private static final int REGION = 4096;

    private final SourceMapping mapping;
    private final Resolution types;
    private final String oid;

    /** @param oid the expression of the oid as one operand */
    Membership(SourceMapping mapping, Resolution types, String oid) {
        this.mapping = mapping;
        this.types = types;
        this.oid = oid;
    }

    /** Whether a row is of this shard: true or false, never NULL. */
    String isOf(Shard shard) {
        return number(shard.count()) + " = " + (shard.number() - 1);
    }

    /** The number of a row's shard, from 0. What has its content in the row has no oid to go by. */
    String number(int count) {
        return dependsOnJoin() || types.oid() == OidType.BYTES ? "(" + keyHash() + " % " + count + ")" : ofOid(count);
    }

    /**
     * A join may give two rows for a key, which one listing must see together to tell that they are ambiguous. So what
     * decides there is the key, which both have.
     */
    private boolean dependsOnJoin() {
        return !mapping.join().isEmpty() && !oid.startsWith(ALIAS + ".");
    }

    /** What has no oid, or a negative number, belongs to the first: greatest() takes no notice of NULL. */
    private String ofOid(int count) {
        String number = types.oid() == OidType.TEXT
                ? "pg_catalog.substring(" + oid + "::text, '^[0-9]{1,10}$')::int8"
                : oid + "::int8";
        return "greatest((" + number + " / " + REGION + ") % " + count + ", 0)";
    }

    /** Not negative. Hashes the bytes of the values: their texts would depend on the session's time zone and the like. */
    private String keyHash() {
        String row = types.key().stream()
                .map(key -> ALIAS + "." + quoted(key.name()))
                .collect(joining(", ", "ROW(", ")"));
        return "(pg_catalog.hashtextextended(pg_catalog.encode(pg_catalog.record_send(" + row
                + "), 'hex'), 0) & 9223372036854775807)";
    }
}
