package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.cli.CommandLine.Mistaken;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any command lines: understood or refused with a reason, never an exception. */
final class CommandLinePropertyTest {
    private static final List<String> TEXTS = List.of(
            "",
            "-",
            "--",
            "-=",
            "--=",
            "-=x",
            "-x",
            "-p",
            "-s",
            "=",
            "@",
            "@/",
            "@/nowhere",
            "0",
            "-1",
            "1e9",
            "x",
            "99999999999999999999",
            "0.5",
            "true",
            "maybe",
            "a/b",
            "\t",
            "\0",
            "é",
            "'",
            "\"",
            "http://h",
            "http://[",
            "postgresql://h/d",
            "postgresql://h/d?sslcert=%00",
            "nice-bin",
            "trace");

    @Provide
    Arbitrary<String> argument() {
        var flags = Arbitraries.of(CommandLines.table().all()).map(Flag::name);
        var texts = Arbitraries.of(TEXTS);
        return Arbitraries.oneOf(flags, texts, Combinators.combine(flags, texts).as((f, t) -> f + "=" + t));
    }

    @Property(tries = 500)
    void everyLineIsUnderstoodOrRefused(@ForAll List<@From("argument") String> arguments) {
        check(CommandLines.parse(arguments));
    }

    @Property
    void everyValueIsTakenOrRefused(@ForAll @From("argument") String flag, @ForAll String value) {
        check(CommandLines.parse(CommandLines.required(flag, value)));
    }

    @Property
    void everyVariableIsTakenOrRefused(@ForAll @From("variable") String name, @ForAll @From("argument") String value) {
        check(CommandLineReader.read(List.of(), CommandLines.with(Map.of(name, value))));
    }

    @Provide
    Arbitrary<String> variable() {
        return Arbitraries.of(CommandLines.table().all()).map(Flag::variable);
    }

    private static void check(CommandLine line) {
        if (line.request() instanceof Mistaken mistaken) {
            assertThat(mistaken.mistakes()).isNotEmpty().noneMatch(String::isBlank);
        }
    }
}
