package clients;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.springframework.content.commons.annotations.ContentId;
import org.springframework.content.commons.annotations.ContentLength;
import org.springframework.content.commons.annotations.MimeType;

/** A row of the application's own table; its content is wherever the store of {@link Contents} keeps it. */
@Entity
public class Document {
    @Id
    @GeneratedValue
    public Long id;

    public int seed;

    @ContentId
    public String contentId;

    @ContentLength
    public Long contentLength;

    @MimeType
    public String mimeType;
}
