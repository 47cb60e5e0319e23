package ch.tocco.lomigrate.discover;

import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.discover.Report.Found;
import ch.tocco.lomigrate.discover.Report.Shared;
import ch.tocco.lomigrate.references.Reference;
import ch.tocco.lomigrate.references.Relation;
import ch.tocco.lomigrate.references.RelationFacts.Hook;
import ch.tocco.lomigrate.references.RelationSearch.NotCounted;
import ch.tocco.lomigrate.references.Sample;
import ch.tocco.lomigrate.references.Shown;
import ch.tocco.lomigrate.references.Sizes.Volume;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The report for people. Figures that come from a sample are marked with "about". */
final class TextReport {
    private final Report report;
    private final Map<Reference, String> profiles;
    private final StringBuilder text = new StringBuilder();

    /** @param profiles names of the files that were written */
    TextReport(Report report, Map<Reference, String> profiles) {
        this.report = report;
        this.profiles = profiles;
    }

    String text() {
        line("Database " + shown(report.where().database()) + ", PostgreSQL "
                + shown(report.where().server()) + ", as role "
                + shown(report.where().role()));
        line("Large objects: " + report.objects() + ", " + bytes(report.volume()));
        if (!report.owners().isEmpty()) {
            line("  owners: " + counts(report.owners()));
        }
        report.installations().forEach(name -> line("  also installed: " + name + "; its objects are not among these"));
        section(
                "Columns that name large objects",
                found -> !found.reference().column().isSuspect()
                        && found.reference().objectCount() > 0
                        && !Discoverer.isUnsupported(found.reference()));
        section(
                "Columns that name large objects in a way that is not supported",
                found -> Discoverer.isUnsupported(found.reference())
                        && (found.reference().objectCount() > 0 || unread(found)));
        section(
                "Text and numbers that are large objects (possible)",
                found -> found.reference().column().isSuspect()
                        && found.reference().isSource());
        section(
                "Text and numbers that are large objects in part, perhaps by chance (possible)",
                found -> found.reference().column().isSuspect()
                        && !found.reference().isSource());
        section(
                "Columns of oids that name no large object",
                found -> !found.reference().column().isSuspect()
                        && found.reference().objectCount() == 0
                        && !(Discoverer.isUnsupported(found.reference()) && unread(found)));
        shared();
        notCounted();
        orphans();
        return text.toString();
    }

    private static boolean unread(Found found) {
        return found.reference().unread().isPresent();
    }

    private void section(String heading, Predicate<Found> which) {
        List<Found> found = report.found().stream().filter(which).toList();
        if (!found.isEmpty()) {
            line("");
            line(heading + ":");
            found.forEach(this::found);
        }
    }

    private void found(Found found) {
        Reference reference = found.reference();
        Relation relation = reference.relation();
        line("");
        line("  " + place(reference) + "  " + shown(reference.column().type()) + " in a " + relation.kind()
                + (reference.column().generated() ? ", generated" : ""));
        reference.unread().ifPresent(reason -> line("    not read to the end: " + shown(reason)));
        if (reference.column().isSuspect()) {
            reference.sample().ifPresent(this::sample);
        }
        if (reference.unread().isEmpty() || reference.isEstimate()) {
            figures(found);
        }
        if (reference.objectCount() > 0) {
            line("    " + key(reference) + "; owner of the table: " + shown(relation.owner())
                    + reference
                            .sizeColumn()
                            .map(column -> "; lengths in " + shown(column.quoted()))
                            .orElse(""));
            reference.facts().hooks().forEach(this::hook);
        }
        reference.facts().foreign().forEach(name -> line("    without its foreign partition " + shown(name)));
        if (profiles.containsKey(reference)) {
            line("    profile: " + shown(profiles.get(reference)));
        }
    }

    private void sample(Sample sample) {
        line("    possible: " + sample.hits() + " of " + sample.numbers() + " numbers are large objects ("
                + percent(sample.hits(), sample.numbers()) + " %), among " + sample.values() + " values of "
                + sample.rows() + " rows" + (sample.share() == 1 ? "" : " of a sample"));
    }

    private static String percent(long part, long whole) {
        return whole == 0 ? "0" : Long.toString(part * 100 / whole);
    }

    private void figures(Found found) {
        Reference reference = found.reference();
        String about = reference.isEstimate() ? "about " : "";
        line("    " + about + many(reference.rows(), "row") + ", " + about + many(reference.references(), "reference")
                + " to " + about + many(reference.objectCount(), "object") + ", " + bytes(found.volume()));
        List<String> odd = Stream.of(
                        reference.danglingValues() == 0
                                ? ""
                                : about + reference.danglingValues() + " dangling (there is no such object)",
                        reference.zeros() == 0 ? "" : reference.zeros() + " zero",
                        reference.shared().isEmpty()
                                ? ""
                                : many(reference.shared().cardinality(), "object") + " named by several rows")
                .filter(part -> !part.isEmpty())
                .toList();
        if (!odd.isEmpty()) {
            line("    " + String.join(", ", odd));
        }
        if (!found.owners().isEmpty()) {
            line("    object owners: " + counts(found.owners()));
        }
    }

    private static String key(Reference reference) {
        List<String> key = reference.facts().key();
        String columns = key.stream().map(TextReport::shown).collect(joining(", "));
        if (key.isEmpty()) {
            return "no primary key and no other unique one";
        }
        return reference.facts().keyIsPrimary() ? "primary key " + columns : "no primary key, but unique " + columns;
    }

    private void hook(Hook hook) {
        line("    " + hook.kind() + " " + shown(hook.name()) + " on " + hook.events()
                + (hook.kind().equals("trigger") ? " runs " + shown(hook.does()) : "")
                + (hook.unlinks() ? ", unlinks large objects" : "") + (hook.disabled() ? ", disabled" : ""));
    }

    private void shared() {
        if (!report.shared().isEmpty()) {
            line("");
            line("Objects that two columns name:");
            for (Shared each : report.shared()) {
                line("  " + each.objects() + " by " + place(each.one()) + " and " + place(each.other()));
            }
        }
    }

    private void notCounted() {
        List<NotCounted> oids = report.notCounted().stream()
                .filter(each -> !each.column().isSuspect())
                .toList();
        if (!oids.isEmpty()) {
            line("");
            line("Columns of oids that were not counted:");
            oids.forEach(each -> line("  " + shown(each.relation().place(each.column())) + "  "
                    + shown(each.column().type()) + ": " + shown(each.reason())));
        }
        List<String> others = report.notCounted().stream()
                .filter(each -> each.column().isSuspect())
                .map(each -> shown(each.relation().quoted()) + ": " + shown(each.reason()))
                .distinct()
                .toList();
        if (!others.isEmpty()) {
            line("");
            line("Tables whose text and numbers were not looked at:");
            others.forEach(each -> line("  " + each));
        }
    }

    private void orphans() {
        Report.Orphans orphans = report.orphans();
        line("");
        line("Orphans (named by no column): " + (orphans.estimate() ? "about " : "") + orphans.count() + ", "
                + bytes(orphans.volume()));
        if (orphans.possible() > 0) {
            line("  " + orphans.possible() + " more are named only by columns that may do so by chance");
        }
        if (!report.isComplete()) {
            line("  there may be fewer: some columns were not read");
        }
        if (orphans.estimate()) {
            line("  an estimate from samples, give or take " + orphans.margin() + ": --exact counts them");
        }
    }

    private static String bytes(Volume volume) {
        return (volume.estimate() ? "about " : "")
                + many(volume.bytes(), "byte")
                + (volume.estimate() ? " (from " + volume.asked() + " objects)" : "")
                + (volume.unreadable() == 0
                        ? ""
                        : " without those of " + volume.unreadable() + " that this role may not read");
    }

    private static String many(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    private static String counts(Map<String, Long> owners) {
        return owners.entrySet().stream()
                .map(owner -> shown(owner.getKey()) + " " + owner.getValue())
                .collect(joining(", "));
    }

    /** The column, with what comes before its numbers. */
    private static String place(Reference reference) {
        String prefix = reference.prefix().isEmpty() ? "" : " behind '" + reference.prefix() + "'";
        return shown(reference.relation().place(reference.column()) + prefix);
    }

    private static String shown(String text) {
        return new Shown(text).toString();
    }

    private void line(String line) {
        text.append(line).append(System.lineSeparator());
    }
}
