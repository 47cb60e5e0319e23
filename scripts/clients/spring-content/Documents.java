package clients;

import org.springframework.data.jpa.repository.JpaRepository;

/** The application's rows. */
public interface Documents extends JpaRepository<Document, Long> {}
