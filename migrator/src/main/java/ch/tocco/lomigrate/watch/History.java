package ch.tocco.lomigrate.watch;

import java.util.ArrayList;
import java.util.List;

/**
 * Numbers of a run over time, in points that are equally far apart: of a long run they are further apart, so that there are
 * never more than {@value #MOST}. Thread-safe.
 */
public final class History {
    /** A plot shows no more, and a page loads them in a moment. */
    static final int MOST = 2000;

    private final List<long[]> points = new ArrayList<>();
    private List<String> names = List.of();
    private long gap = 1;
    private long seen;

    /** Says what the numbers of a point are called; once, before the first one. */
    synchronized void names(List<String> ofNumbers) {
        names = List.copyOf(ofNumbers);
    }

    /** One more point, which the caller adds at equal intervals; its first number is its time. */
    synchronized void add(long[] point) {
        if (seen++ % gap == 0) {
            points.add(point);
        }
        if (points.size() > MOST) {
            List<long[]> everySecond = new ArrayList<>(MOST);
            for (int i = 0; i < points.size(); i += 2) {
                everySecond.add(points.get(i));
            }
            points.clear();
            points.addAll(everySecond);
            gap *= 2;
        }
    }

    /** What the numbers of a point are called. */
    synchronized List<String> names() {
        return names;
    }

    /** All points, from the first to the last; none is ever changed. */
    synchronized List<long[]> points() {
        return List.copyOf(points);
    }
}
