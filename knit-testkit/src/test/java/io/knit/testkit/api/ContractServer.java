package io.knit.testkit.api;

import java.io.IOException;
import java.nio.file.Path;

/** A live server for programs that try its HTTP API: says its address, and lives until its input ends. */
final class ContractServer {
    private ContractServer() {}

    /** @param args a folder of its own, and {@code host:port} to listen at unless any will do */
    public static void main(String[] args) throws IOException {
        try (ContractFleet fleet = new ContractFleet(Path.of(args[0]), args.length > 1 ? args[1] : "127.0.0.1:0")) {
            System.out.println(fleet.url());
            while (System.in.read() >= 0) {
                // until whoever started it is gone
            }
        }
        System.exit(0);
    }
}
