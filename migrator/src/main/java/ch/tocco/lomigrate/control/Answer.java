package ch.tocco.lomigrate.control;

/**
 * What a run answers.
 *
 * @param done false: it was refused
 * @param words lines for the user
 */
public record Answer(boolean done, String words) {
    private static final String DONE = "ok\n";
    private static final String REFUSED = "refused\n";

    /** As it goes through the socket. */
    String sent() {
        return (done ? DONE : REFUSED) + words + "\n";
    }

    /** The reverse; what is no answer counts as refused. Control characters, which a terminal would obey, are left out. */
    static Answer received(String text) {
        String shown = text.replaceAll("[\\p{Cntrl}&&[^\n]]", "");
        boolean done = shown.startsWith(DONE);
        boolean known = done || shown.startsWith(REFUSED);
        String words = known ? shown.substring(shown.indexOf('\n') + 1) : shown;
        return new Answer(done, words.isBlank() ? "no answer" : words.stripTrailing());
    }
}
