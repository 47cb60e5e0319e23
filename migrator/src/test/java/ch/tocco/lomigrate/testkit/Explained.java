package ch.tocco.lomigrate.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection that has PostgreSQL explain each prepared statement, with its parameters, before it executes it; and how each
 * table was read by all of them. What the code under test sends is what is explained. For one thread.
 */
public final class Explained {
    private static final Pattern NODE = Pattern.compile(
            "^\\s*(?:->  )?(?:Parallel )?((?:Seq|Sample|Tid|Tid Range|Index|Index Only|Bitmap Heap|Bitmap Index) Scan)(?: Backward)?"
                    + "(?: using (\\S+))? on (\\S+).*\\(cost=.*");
    private static final Pattern OTHER_NODE = Pattern.compile("^\\s*->  .*");
    private static final Pattern BOUND = Pattern.compile("^\\s*(?:Index|TID|Recheck) Cond: .*");
    private static final Pattern PARAMETER = Pattern.compile("'(?:[^']|'')*'|\"[^\"]*\"|(\\?)");

    private final Connection real;
    private final List<String> plans = new ArrayList<>();

    private Explained(Connection real) {
        this.real = real;
    }

    public static Explained over(Connection real) {
        return new Explained(real);
    }

    /** For the code under test. */
    public Connection connection() {
        return proxy(Connection.class, (method, arguments) -> {
            Object answer = call(real, method, arguments);
            return answer instanceof PreparedStatement statement
                    ? explaining(statement, (String) arguments[0])
                    : answer;
        });
    }

    private PreparedStatement explaining(PreparedStatement statement, String sql) {
        Map<Integer, String> parameters = new TreeMap<>();
        return proxy(PreparedStatement.class, (method, arguments) -> {
            if (method.getName().startsWith("set") && arguments.length == 2 && arguments[0] instanceof Integer index) {
                parameters.put(index, literal(arguments[1]));
            } else if (method.getName().startsWith("execute") && arguments.length == 0) {
                explain(sql, new ArrayList<>(parameters.values()));
            }
            return call(statement, method, arguments);
        });
    }

    private static String literal(Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof byte[] bytes) {
            return "'\\x" + HexFormat.of().formatHex(bytes) + "'";
        }
        return "'" + (value instanceof Array array ? array.toString() : value.toString()).replace("'", "''") + "'";
    }

    /** Explains a statement that takes these literals for its parameters. */
    public void explain(String sql, List<String> literals) throws SQLException {
        Matcher matcher = PARAMETER.matcher(sql);
        StringBuilder numbered = new StringBuilder();
        int number = 0;
        while (matcher.find()) {
            String text = matcher.group(1) == null ? matcher.group() : "$" + ++number;
            matcher.appendReplacement(numbered, Matcher.quoteReplacement(text));
        }
        matcher.appendTail(numbered);
        try (var statement = real.createStatement()) {
            statement.execute("PREPARE lo_explained AS " + numbered);
            String execute =
                    "EXECUTE lo_explained" + (literals.isEmpty() ? "" : "(" + String.join(", ", literals) + ")");
            var plan = new StringBuilder();
            try (ResultSet lines = statement.executeQuery("EXPLAIN " + execute)) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
            statement.execute("DEALLOCATE lo_explained");
            plans.add(plan.toString());
        }
    }

    /** All plans so far, as PostgreSQL shows them. */
    public String plans() {
        return String.join("\n", plans);
    }

    /**
     * How the tables were read by all statements so far: {@code f: Tid Range Scan}, {@code f: Index Scan f_pkey}; and
     * {@code f: ALL by Seq Scan} where nothing bounds what is read.
     */
    public SortedSet<String> reads() {
        var reads = new TreeSet<String>();
        for (String plan : plans) {
            String[] lines = plan.split("\n", -1);
            for (int i = 0; i < lines.length; i++) {
                Matcher node = NODE.matcher(lines[i]);
                // a Bitmap Index Scan names its index only; the Bitmap Heap Scan above it tells the table
                if (node.matches() && !node.group(1).equals("Bitmap Index Scan")) {
                    String index = node.group(2) == null ? "" : " " + node.group(2);
                    String how = (isBound(lines, i + 1) ? "" : "ALL by ") + node.group(1) + index;
                    reads.add(node.group(3) + ": " + how);
                }
            }
        }
        return reads;
    }

    private static boolean isBound(String[] lines, int from) {
        for (int i = from; i < lines.length && !OTHER_NODE.matcher(lines[i]).matches(); i++) {
            if (BOUND.matcher(lines[i]).matches()) {
                return true;
            }
        }
        return false;
    }

    /** What happens instead of a call. */
    private interface Calling {
        Object call(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Calling calling) {
        return type.cast(Proxy.newProxyInstance(
                Explained.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> calling.call(method, arguments == null ? new Object[0] : arguments)));
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
