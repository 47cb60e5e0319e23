package clients;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.Table;

/** A row of an application that leaves it to Hibernate where its large objects are. For Hibernate 5 with javax. */
@Entity
@Table(name = "letter")
public class Letter {
    @Id
    int id;

    @Lob
    byte[] scan;

    @Lob
    String body;

    protected Letter() {}

    Letter(int id, byte[] scan, String body) {
        this.id = id;
        this.scan = scan;
        this.body = body;
    }
}
