package io.knit.launcher.remote.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/** Ctrl-C and SIGTERM, which end the JVM unless somebody takes them. */
final class Signals {
    private Signals() {}

    /**
     * Has them handed to {@code taker}, with their numbers (2, 15), on a thread of the JVM's.
     *
     * <p>What a JVM has for it is not of the JDK's own API, though every JDK has it; on one that has not, they end the process as ever.
     */
    static void take(IntConsumer taker) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler hands = (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    taker.accept((int) signal.getMethod("getNumber").invoke(arguments[0]));
                    return null;
                }
                // those of Object
                return switch (method.getName()) {
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "knit run";
                };
            };
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, hands);
            for (String name : new String[] {"INT", "TERM"}) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // they do what they ever did
        }
    }
}
