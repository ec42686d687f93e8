package io.knit.core.server.dashboard.frame;

import io.knit.api.spi.loop.IdSource;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Ties a form to the browser that it was given to: a random word in a cookie that scripts can't read, and in the form its
 * signature, which only this server can make. Both end with the server.
 */
public final class CsrfTokens {
    public static final String FIELD = "csrf";
    private static final Pattern WORD = Pattern.compile("[a-z0-9]{32}");

    private final IdSource ids;
    private final CookieName cookie;
    private final byte[] key;

    CsrfTokens(IdSource ids, CookieName cookie) {
        this.ids = ids;
        this.cookie = cookie;
        this.key = ids.next(48).getBytes(StandardCharsets.UTF_8);
    }

    /** The token for a form on the page that is being answered; sets the cookie if there is none. */
    String issue(RoutingContext ctx) {
        String word = word(ctx);
        if (word == null) {
            word = ids.next(32);
            ctx.response()
                    .addCookie(Cookie.cookie(cookie.toString(), word)
                            .setPath("/dashboard")
                            .setHttpOnly(true)
                            .setSecure(ctx.request().isSSL())
                            .setSameSite(CookieSameSite.STRICT));
        }
        return sign(word);
    }

    boolean valid(RoutingContext ctx) {
        String word = word(ctx);
        String token = ctx.request().getFormAttribute(FIELD);
        return word != null
                && token != null
                && MessageDigest.isEqual(
                        sign(word).getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable String word(RoutingContext ctx) {
        Cookie given = ctx.request().getCookie(cookie.toString());
        return given != null && WORD.matcher(given.getValue()).matches() ? given.getValue() : null;
    }

    private String sign(String word) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(word.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }
}
