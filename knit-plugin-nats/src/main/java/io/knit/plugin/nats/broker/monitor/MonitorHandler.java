package io.knit.plugin.nats.broker.monitor;

import io.knit.plugin.nats.broker.monitor.page.Answer;
import io.knit.plugin.nats.broker.monitor.page.Query;
import io.knit.plugin.nats.broker.monitor.page.WrongQuery;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: answers its first request and closes. A body is not read. */
final class MonitorHandler extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorHandler.class);

    private final Site site;
    private final Guests guests;
    private boolean answered;

    MonitorHandler(Site site, Guests guests) {
        this.site = site;
        this.guests = guests;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (!answered && part instanceof HttpRequest request) {
            answered = true;
            guests.asked(context.channel());
            context.channel()
                    .config()
                    .setAutoRead(false); // nothing that follows matters, however long the answer takes
            Answer answer = answer(request);
            send(context, answer, request.method().equals(HttpMethod.HEAD));
        }
    }

    private Answer answer(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return Answer.text(400, "the request is malformed or too long");
        }
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!reads) {
            return Answer.text(405, "use GET or HEAD");
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.size() == 1 && !site.isOurs(hosts.get(0)))) {
            return Answer.text(403, "the host in the address is not one of this broker's; use its IP address");
        }
        try {
            return site.answer(Query.of(request.uri()));
        } catch (WrongQuery e) {
            return Answer.text(400, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            return Answer.text(400, "the address is malformed");
        } catch (RuntimeException e) {
            LOG.warn("Monitoring failed to answer", e);
            return Answer.text(500, "a bug: the log says more");
        }
    }

    private static void send(ChannelHandlerContext context, Answer answer, boolean headOnly) {
        ByteBuf body = Unpooled.wrappedBuffer(answer.body().getBytes(StandardCharsets.UTF_8));
        int length = body.readableBytes();
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                headOnly ? Unpooled.EMPTY_BUFFER : body);
        response.headers()
                .set("Content-Type", answer.type())
                .set("Content-Length", length)
                .set("Connection", "close")
                .set("Cache-Control", "no-store")
                .set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
                .set("X-Content-Type-Options", "nosniff")
                .set("X-Frame-Options", "DENY")
                .set("Referrer-Policy", "no-referrer")
                .set("Cross-Origin-Resource-Policy", "same-origin");
        if (answer.status() == 405) {
            response.headers().set("Allow", "GET, HEAD");
        }
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("A monitoring connection ended: {}", cause.toString());
        context.close();
    }
}
