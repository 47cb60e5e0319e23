package ch.tocco.lomigrate.locks;

import ch.tocco.lomigrate.config.Shard;

/**
 * The two numbers of an advisory lock of this tool. They are an interface: processes of other versions take them too.
 *
 * @param first the first number
 * @param second the second number
 */
record LockKey(int first, int second) {
    /** "LOMI" in ASCII: the first number of the lock of a whole table, whose oid is the second. */
    static final int APPLICATION = 0x4C4F4D49;

    /** "L" in the highest byte: what the second number of a table's other locks has there; its oid is the first. */
    static final int TAG = 0x4C;

    private static final int TAG_BITS = 24;
    private static final int COUNT_BITS = 12;

    /** Of the table as a whole: a run over all rows holds it alone, shards share it. */
    static LockKey ofTable(long tableOid) {
        return new LockKey(APPLICATION, (int) tableOid);
    }

    /** Of one shard of the table. */
    static LockKey ofShard(long tableOid, Shard shard) {
        return new LockKey((int) tableOid, TAG << TAG_BITS | shard.count() << COUNT_BITS | shard.number());
    }

    /** Of what is made once for the table. */
    static LockKey ofSetUp(long tableOid) {
        return new LockKey((int) tableOid, TAG << TAG_BITS);
    }

    /** A condition for {@code pg_locks l}: the locks of shards of this table. */
    static String shardsOf(long tableOid) {
        return "l.classid::int8 = " + tableOid + " AND l.objid::int8 >> " + TAG_BITS + " = " + TAG
                + " AND l.objid::int8 <> " + ((long) TAG << TAG_BITS);
    }

    /** A condition for {@code pg_locks l}: the lock of this table as a whole. */
    static String wholeOf(long tableOid) {
        return "l.classid::int8 = " + APPLICATION + " AND l.objid::int8 = " + tableOid;
    }

    /** The shard whose lock has this second number. */
    static Shard shard(long second) {
        long mask = (1L << COUNT_BITS) - 1;
        return new Shard((int) (second & mask), (int) (second >> COUNT_BITS & mask));
    }

    /** As arguments of PostgreSQL's functions. */
    @Override
    public String toString() {
        return first + ", " + second;
    }
}
