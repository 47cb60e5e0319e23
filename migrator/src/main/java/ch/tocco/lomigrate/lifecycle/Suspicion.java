package ch.tocco.lomigrate.lifecycle;

/** What a passing fault says of the server and of what was asked. */
public enum Suspicion {
    /** The server is there and answered; the answer is about this one thing. Others need not wait. */
    THIS,
    /** May be about what was asked after all. Where no other caller succeeds meanwhile, a probe tells. */
    PERHAPS_THIS,
    /** Says nothing about what was asked; still, a caller that gets it again and again while others succeed is alone with it. */
    NONE,
    /** Cannot be about what was asked: it is waited out, however long others succeed. */
    SERVER
}
