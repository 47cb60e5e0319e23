package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.arguments.Profile;
import ch.tocco.lomigrate.lo.Checksum.Algorithm;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.mapping.SourceMapping.Assignment;
import ch.tocco.lomigrate.mapping.SourceMapping.StateColumn;
import ch.tocco.lomigrate.mapping.SourceMapping.StateTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flags that describe a source: how they become a mapping, which of them wins, and what is refused. */
final class SourceFlagsTest {
    @Test
    void bareFlagsMeanTheTableOfTocco() {
        assertThat(mapping()).isSameAs(SourceMapping.TOCCO);
        assertThat(mapping("--profile", "tocco")).isSameAs(SourceMapping.TOCCO);
    }

    @Test
    void tableStartsFromNothingAndEachFlagReachesItsPlace() {
        SourceMapping source = mapping(
                "--table=app.\"Doc Blob\"",
                "--join=JOIN doc d ON d.id = t.doc",
                "--where=d.deleted IS NULL",
                "--key=Id,\"Part No\"",
                "--oid=t.content",
                "--size=d.size",
                "--md5=d.md5",
                "--mime-type='application/dicom'",
                "--file-name=d.name",
                "--metadata=a=d.x, d.y",
                "--metadata=B=1",
                "--object-key={expr:year}/{id}",
                "--key-expr=year=extract(year FROM d.at)",
                "--set=d.\"Url\"='s3://' || :key",
                "--set=done=true",
                "--state=column:d.\"Url\"",
                "--overwrite");

        assertThat(source.table()).isEqualTo(new SourceMapping.Table(Optional.of("app"), "Doc Blob"));
        assertThat(source.join()).isEqualTo("JOIN doc d ON d.id = t.doc");
        assertThat(source.where()).isEqualTo("d.deleted IS NULL");
        assertThat(source.key()).containsExactly("id", "Part No");
        assertThat(source.content()).isEqualTo(SourceMapping.Content.largeObject("t.content"));
        assertThat(source.size()).contains("d.size");
        assertThat(source.checksum()).contains(new SourceMapping.Expected(Algorithm.MD5, "d.md5"));
        assertThat(source.mimeType()).contains("'application/dicom'");
        assertThat(source.fileName()).contains("d.name");
        assertThat(source.metadata()).isEqualTo(Map.of("a", "d.x, d.y", "b", "1"));
        assertThat(source.objectKey()).hasToString("{expr:year}/{id}");
        assertThat(source.keyExpressions()).isEqualTo(Map.of("year", "extract(year FROM d.at)"));
        assertThat(source.set())
                .containsExactly(new Assignment("d", "Url", "'s3://' || :key"), new Assignment("t", "done", "true"));
        assertThat(source.state()).isEqualTo(new StateColumn("d", "Url"));
        assertThat(source.overwrite()).isTrue();
        assertThat(source.complete()).isFalse();
    }

    @Test
    void whatIsNotGivenIsAsLittleAsCanBe() {
        SourceMapping source = mapping("--table", "t1", "--oid", "t.o");
        assertThat(source.key()).isEmpty();
        assertThat(source.set()).isEmpty();
        assertThat(source.state()).isEqualTo(new StateTable());
        assertThat(source.checksum()).isEmpty();
        assertThat(source.objectKey()).hasToString("{sha256}");
    }

    /** Flag, then @FILE, then environment, then profile; a list that is given replaces the profile's. */
    @Test
    void flagWinsOverFileOverEnvironmentOverProfile(@TempDir Path temp) throws Exception {
        Path file = temp.resolve("own.conf");
        Files.writeString(file, """
                --profile active-storage
                --table "App Files"."Doc Blob"
                --mime-type 'application/dicom'
                --where t.x = 'a = b'
                --set b.one=1
                --set b.two=2
                """);
        SourceMapping source = ((CommandLine.Migrate) CommandLineReader.read(
                                with(List.of("@" + file, "--where", "t.y")),
                                CommandLines.with(Map.of(
                                        "LO_MIGRATE_SIZE",
                                        "b.other",
                                        "LO_MIGRATE_WHERE",
                                        "t.z",
                                        "LO_MIGRATE_SET",
                                        "x=1")))
                        .request())
                .source();
        assertThat(source.table()).isEqualTo(new SourceMapping.Table(Optional.of("App Files"), "Doc Blob"));
        assertThat(source.mimeType()).contains("'application/dicom'");
        assertThat(source.where()).isEqualTo("t.y");
        assertThat(source.size()).contains("b.other");
        assertThat(source.checksum().orElseThrow().expression()).isEqualTo("b.checksum");
        assertThat(source.set()).containsExactly(new Assignment("b", "one", "1"), new Assignment("b", "two", "2"));
        assertThat(mapping("--profile", "active-storage", "--set", "none").set())
                .isEmpty();
    }

    /** It has checks of its own, which a part of its rows does not lose. */
    @Test
    void someRowsOfToccoAreAnotherSourceOfItsProfile() {
        var request = (CommandLine.Migrate)
                CommandLineReader.read(with(List.of("--where", "t.size < 10")), CommandLines.bare())
                        .request();
        assertThat(request.source().table().name()).isEqualTo("_nice_binary");
        assertThat(request.source().where()).isEqualTo("t.size < 10");
        assertThat(request.source().state()).isEqualTo(new StateColumn("t", "sha2"));
        assertThat(request.config().run().checkBatchJob()).isTrue();
        var other =
                (CommandLine.Migrate) CommandLineReader.read(with(List.of("--profile", "orthanc")), CommandLines.bare())
                        .request();
        assertThat(other.config().run().checkBatchJob()).isFalse();
    }

    /** What is wrong with one says which; what is wrong with all is said once. */
    @Test
    void severalFilesThatNameASourceAreASeries(@TempDir Path temp) throws Exception {
        Path a = Files.writeString(temp.resolve("a"), "# --table z\n--table f\n--oid t.o\n");
        Path b = Files.writeString(temp.resolve("b"), "--profile=orthanc\n");
        Path c = Files.writeString(temp.resolve("c"), "--log-level debug\n");
        var series = (CommandLine.Series)
                CommandLineReader.read(with(List.of("@" + a, "@" + c, "--interval", "7", "@" + b)), CommandLines.bare())
                        .request();
        assertThat(series.sources()).extracting(CommandLine.Named::file).containsExactly("@" + a, "@" + b);
        assertThat(series.sources())
                .extracting(each -> each.migrate().source().table().name())
                .containsExactly("f", "storagearea");
        assertThat(series.sources())
                .allMatch(each -> each.migrate().common().logLevel().equals("debug"))
                .allMatch(each -> each.migrate().config().run().interval().toSeconds() == 7);

        Files.writeString(a, "--table f\n");
        assertThat(mistakes("@" + a, "@" + b, "--interval=x"))
                .hasSize(2)
                .anyMatch(each -> each.startsWith("@" + a + ": --oid is missing"))
                .anyMatch(each -> each.startsWith("--interval"));
        assertThat(mistakes("@" + a, "@" + b, "--table", "g"))
                .singleElement()
                .asString()
                .contains("--table and --profile belong into the @FILEs");
    }

    /** Each source has a report of its own: in one file the last would replace the others. */
    @Test
    void reportThatSeveralSourcesWouldWriteIsAMistake(@TempDir Path temp) throws Exception {
        Path a = Files.writeString(temp.resolve("a"), "--table f\n--oid t.o\n--report a.html\n");
        Path b = Files.writeString(temp.resolve("b"), "--profile=orthanc\n--report b.html\n");
        var request = CommandLineReader.read(with(List.of("@" + a, "@" + b)), CommandLines.bare())
                .request();
        assertThat(request).isInstanceOf(CommandLine.Series.class);
        assertThat(mistakes("@" + a, "@" + b, "--report", "run.html"))
                .singleElement()
                .asString()
                .startsWith("--report run.html is for several sources");
    }

    private static List<String> mistakes(String... flags) {
        return ((CommandLine.Mistaken) CommandLineReader.read(with(List.of(flags)), CommandLines.bare())
                        .request())
                .mistakes();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--table=x | --oid is missing",
                "--table=a.b.c | --oid is missing",
                "--table=a.b.c;--oid=t.o | --table has more than a schema and a name",
                "--table=a b;--oid=t.o | --table has a name that needs double quotes",
                "--table=x;--oid=t.o;--object-key={id | --object-key has a '{' without its '}'",
                "--table=x;--oid=t.o;--object-key=all | --object-key names nothing of an object",
                "--table=x;--oid=t.o;--object-key={id:4:4} | --object-key takes no character",
                "--table=x;--oid=t.o;--object-key={expr:y} | --object-key has {expr:y}, but there is no --key-expr",
                "--table=x;--oid=t.o;--state=column:done | --state names column done, which no --set sets",
                "--table=x;--oid=t.o;--state=elsewhere | --state must be table or column:",
                "--table=x;--oid=t.o;--set=done | --set must be [ALIAS.]COLUMN=SQL",
                "--table=x;--oid=t.o;--set=o=NULL | --set o=NULL would destroy the only copy",
                "--table=x;--oid=t.o;--min-size=5 | --min-size needs --size",
                "--table=x;--oid=t.o;--size=t.n;--min-size=5;--max-size=4 | --min-size is larger than --max-size",
                "--table=x;--oid=t.o;--size=t.n;--max-size=-1 | --max-size must be from 0",
                "--table=x;--oid=t.o;--keys-from=/no/such/file | --keys-from cannot be read: no such file /no/such/file",
                "--table=x;--oid=t.o;--bytes=t.c | --bytes and --oid exclude each other",
                "--table=x;--bytes=t.c;--object-key={oid} | --object-key has {oid}, which content of --bytes",
                "--table=x;--bytes=t.c;--set=C=:key | --set c holds the only copy of the content of --bytes",
                "--table=x;--oid=t.o;--metadata=a b=1 | --metadata must be NAME=SQL",
                "--table=x;--oid=t.o;--metadata=SHA256=1 | --metadata has sha256, which each object has already",
                "--table=x;--oid=t.o;--sha1=t.a;--md5=t.b | only one of --sha1, --md5 and --sha256",
                "--profile=orthank | --profile must be one of tocco, active-storage",
                "--profile=orthanc;--finalize | --finalize is for the table of Tocco",
            })
    void mistakeIsNamed(String flags, String said) {
        var request = CommandLineReader.read(with(List.of(flags.split(";"))), CommandLines.bare())
                .request();
        assertThat(request).isInstanceOf(CommandLine.Mistaken.class);
        assertThat(((CommandLine.Mistaken) request).mistakes()).anyMatch(mistake -> mistake.startsWith(said));
    }

    @Test
    void profilesAreListedAndPrintedAsFilesThatMeanTheSame(@TempDir Path temp) throws Exception {
        String all = printed("profiles");
        assertThat(all.lines()).containsExactlyElementsOf(Profile.names());
        for (String name : Profile.names()) {
            Path file = temp.resolve(name + ".conf");
            Files.writeString(file, printed("profiles", name));
            SourceMapping fromFile = mapping("@" + file);
            // that of Tocco is more than its flags
            if (!name.equals("tocco")) {
                assertThat(fromFile).isEqualTo(mapping("--profile", name));
            }
            assertThat(fromFile.table()).isEqualTo(mapping("--profile", name).table());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "profiles;orthank | there is no profile orthank; there are tocco",
                "profiles;orthanc;--ddl | after the name of a profile nothing is wanted",
                "profiles;--ddl;--profile=orthanc | --pg-url is missing",
                "profiles;--ddl;--profile=tocco | --ddl is for sources with --state table",
            })
    void mistakeAboutProfilesIsNamed(String arguments, String said) {
        var request = CommandLineReader.read(List.of(arguments.split(";")), CommandLines.bare())
                .request();
        assertThat(((CommandLine.Mistaken) request).mistakes()).anyMatch(mistake -> mistake.startsWith(said));
    }

    private static String printed(String... arguments) {
        return ((CommandLine.Help) CommandLineReader.read(List.of(arguments), CommandLines.bare())
                        .request())
                .text();
    }

    private static SourceMapping mapping(String... flags) {
        return ((CommandLine.Migrate) CommandLineReader.read(with(List.of(flags)), CommandLines.bare())
                        .request())
                .source();
    }

    private static List<String> with(List<String> flags) {
        List<String> all = new ArrayList<>(CommandLines.REQUIRED);
        all.addAll(flags);
        return all;
    }
}
