package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.store.ObjectStore.OpenUpload;
import ch.tocco.lomigrate.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stores answer when they are asked for unfinished uploads. */
final class UploadsPageTest {
    private static final String KEY = "k".repeat(64);

    private static UploadsPage page(String text) throws StoreException {
        PlainAnswer<Void> answer = new PlainAnswer<>("ListMultipartUploads", null, null, all -> null);
        answer.onResponseBody(null, text.getBytes(StandardCharsets.UTF_8));
        return UploadsPage.of(answer);
    }

    private static String upload(String inside) {
        return "<Upload>" + inside + "<Initiator><ID>me</ID><DisplayName>Key</DisplayName></Initiator>"
                + "<StorageClass>STANDARD</StorageClass></Upload>";
    }

    private static String result(String inside) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListMultipartUploadsResult xmlns=\"http://s3\">"
                + "<Bucket>b</Bucket><KeyMarker>old</KeyMarker><Prefix>p</Prefix>" + inside
                + "</ListMultipartUploadsResult>";
    }

    @Test
    void eachUploadHasItsOwnKeyIdAndTime() throws Exception {
        UploadsPage page = page(result(upload("<Key>" + KEY + "</Key><UploadId>1</UploadId>"
                        + "<Initiated>2010-11-10T20:48:33.000Z</Initiated>")
                + upload("<Key>a&amp;b ü</Key><UploadId>2~3</UploadId>")));
        assertThat(page.uploads())
                .containsExactly(
                        new OpenUpload(KEY, "1", Instant.parse("2010-11-10T20:48:33Z")),
                        new OpenUpload("a&b ü", "2~3", null));
        assertThat(page.end()).isEmpty();
    }

    @Test
    void uploadThatLacksKeyOrIdIsLeftOut() throws Exception {
        assertThat(page(result(upload("<Key>a</Key>") + upload("<UploadId>1</UploadId>")))
                        .uploads())
                .isEmpty();
    }

    @Test
    void timeThatIsNoneIsUnknown() throws Exception {
        assertThat(page(result(upload("<Key>a</Key><UploadId>1</UploadId><Initiated>yesterday</Initiated>")))
                        .uploads())
                .containsExactly(new OpenUpload("a", "1", null));
    }

    @Test
    void pageSaysWhereTheNextOneGoesOn() throws Exception {
        String next = "<NextKeyMarker>n</NextKeyMarker><NextUploadIdMarker>9</NextUploadIdMarker>";
        assertThat(page(result(next + "<IsTruncated>true</IsTruncated>")).end())
                .isEqualTo(Optional.of(new UploadsPage.End("n", "9")));
        assertThat(page(result(next + "<IsTruncated>false</IsTruncated>")).end())
                .isEmpty();
        assertThat(page(result("<IsTruncated>true</IsTruncated>")).end())
                .as("more, and the store does not say where")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "<ListMultipartUploadsResult/>"})
    void answerWithNothingInItHasNoUploads(String text) throws Exception {
        assertThat(page(text)).isEqualTo(new UploadsPage(List.of(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "<html><p>login", "<ListMultipartUploadsResult><Upload>", "<a>&b;</a>"})
    void answerThatIsNoXmlIsRefused(String text) {
        assertThatThrownBy(() -> page(text))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("without a list of uploads, so not from an S3 server");
    }
}
