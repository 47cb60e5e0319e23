package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.lo.Checksum.Algorithm;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.mapping.KeyTemplate;
import ch.tocco.lomigrate.mapping.SourceMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the objects of a source are called in the bucket, once their content is known. Immutable. */
public final class ObjectNames {
    private static final String EXPRESSION = "expr:";

    private final KeyTemplate template;
    private final List<String> keyColumns;
    private final List<String> expressions;
    private final boolean bySha256;

    /** @param source its key columns are known */
    public ObjectNames(SourceMapping source) {
        this.template = source.objectKey();
        this.keyColumns = source.key();
        this.expressions = new ArrayList<>(source.keyExpressions().keySet());
        this.bySha256 = template.equals(KeyTemplate.SHA256);
    }

    /** The hashes that names are made of. */
    Set<Algorithm> hashes() {
        return template.hashes();
    }

    /**
     * The name of an object.
     *
     * @param hashes of its content, hexadecimal, those of {@link #hashes} at least
     * @throws LoFailureException no safe name can be made for it
     */
    ObjectKey of(SourceRow row, Map<Algorithm, String> hashes) throws LoFailureException {
        if (bySha256) {
            return new ObjectKey(hashes.get(Algorithm.SHA256));
        }
        try {
            return new ObjectKey(template.key(name -> value(name, row, hashes)));
        } catch (IllegalArgumentException e) {
            throw new LoFailureException(FailureReason.UNSAFE_KEY, e.getMessage(), e);
        }
    }

    private String value(String name, SourceRow row, Map<Algorithm, String> hashes) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (KeyTemplate.nameOf(algorithm).equals(name)) {
                return hashes.get(algorithm);
            }
        }
        if (name.equals("oid")) {
            return row.content() instanceof LargeObject large ? large.reference() : null;
        }
        if (name.startsWith(EXPRESSION)) {
            return row.extras().keyExpressions().get(expressions.indexOf(name.substring(EXPRESSION.length())));
        }
        return row.key().values().get(keyColumns.indexOf(name));
    }
}
