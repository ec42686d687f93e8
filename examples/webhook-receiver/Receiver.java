import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Prints Knit's events: {@code KNIT_WEBHOOK_SECRET=whsec_… java Receiver.java 9000}. */
public class Receiver {
    static final byte[] KEY =
            Base64.getDecoder().decode(System.getenv("KNIT_WEBHOOK_SECRET").substring("whsec_".length()));
    static final Set<String> SEEN = Collections.synchronizedSet(new HashSet<>());

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
        server.createContext("/", Receiver::take);
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }

    static void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String id = exchange.getRequestHeaders().getFirst("webhook-id");
        boolean genuine = isGenuine(exchange, id, body);
        // what was answered too late comes once more, with the same id
        if (genuine && SEEN.add(id)) {
            System.out.println(new String(body, StandardCharsets.UTF_8));
        }
        exchange.sendResponseHeaders(genuine ? 204 : 401, -1);
        exchange.close();
    }

    static boolean isGenuine(HttpExchange exchange, String id, byte[] body) {
        try {
            String time = exchange.getRequestHeaders().getFirst("webhook-timestamp");
            long age = Instant.now().getEpochSecond() - Long.parseLong(time);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            mac.update((id + "." + time + ".").getBytes(StandardCharsets.UTF_8));
            byte[] own = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes();
            for (String given : exchange.getRequestHeaders().getFirst("webhook-signature").split(" ")) {
                if (MessageDigest.isEqual(own, given.getBytes()) && Math.abs(age) < 300) {
                    return true;
                }
            }
            return false;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
