package io.knit.plugin.nats.broker;

/** What a client sends to a broker that is set up in some way, and what it then reads. */
record AccessCase(AccessSetup setup, ProtocolCase exchange) {
    static AccessCase open(AccessSetup setup, String name, String sent, String expected) {
        return new AccessCase(setup, ProtocolCase.open(name, sent, expected));
    }

    static AccessCase closed(AccessSetup setup, String name, String sent, String expected) {
        return new AccessCase(setup, ProtocolCase.closed(name, sent, expected));
    }

    /** The same, where the older nats-server answers otherwise. */
    AccessCase before(String answer) {
        return new AccessCase(setup, exchange.before(answer));
    }

    @Override
    public String toString() {
        return setup + ": " + exchange.name();
    }
}
