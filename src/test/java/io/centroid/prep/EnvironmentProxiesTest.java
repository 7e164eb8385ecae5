package io.centroid.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.OwnJvm;
import io.centroid.error.JobException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the environment says is done, as curl does it. */
final class EnvironmentProxiesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://a.org/|https_proxy=http://p:3128|p:3128",
        "https://a.org/|HTTPS_PROXY=http://p:3128/|p:3128",
        "https://a.org/|https_proxy=p:3128|p:3128",
        "https://a.org/|https_proxy=http://p|p:1080",
        "https://a.org/|https_proxy=http://[::1]:8080|0:0:0:0:0:0:0:1:8080",
        "https://a.org/|https_proxy=http://p:1 HTTPS_PROXY=http://q:2|p:1",
        "https://a.org/|https_proxy= all_proxy=http://p:1|p:1",
        "https://a.org/|ALL_PROXY=http://p:1|p:1",
        "https://a.org/|http_proxy=http://p:1|",
        "https://a.org/||",
        "http://a.org/|http_proxy=http://p:1|p:1",
        "http://a.org/|HTTP_PROXY=http://p:1|",
        "http://a.org/|https_proxy=http://p:1|",
        "https://a.org/|https_proxy=http://p:1 no_proxy=a.org|",
        "https://A.org/|https_proxy=http://p:1 no_proxy=b.org,a.ORG|",
        "https://x.a.org/|https_proxy=http://p:1 NO_PROXY=a.org|",
        "https://x.a.org/|https_proxy=http://p:1 no_proxy=.a.org|",
        "https://x.a.org/|https_proxy=http://p:1 no_proxy=*.a.org:443|",
        "https://xa.org/|https_proxy=http://p:1 no_proxy=a.org|p:1",
        "https://a.org/|https_proxy=http://p:1 no_proxy=x.a.org|p:1",
        "https://a.org/|https_proxy=http://p:1 no_proxy=*|",
        "https://127.0.0.1/|https_proxy=http://p:1 no_proxy=localhost,127.0.0.1|",
      })
  void theProxyIsTheOneThatIsNamed(URI target, String variables, String expected) {
    Optional<ProxySelector> selector = client(target, variables).proxy();
    List<Proxy> chosen = selector.orElseThrow().select(target);
    assertThat(chosen.stream().map(EnvironmentProxiesTest::address))
        .containsExactly(expected == null ? "none" : expected);
  }

  private static String address(Proxy proxy) {
    return proxy.address() instanceof InetSocketAddress address
        ? address.getHostString() + ":" + address.getPort()
        : "none";
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://p:1080", "https://p:1", "http://", "p:x", "http://a b"})
  void whatIsNoAddressOfOneIsRefused(String value) {
    URI target = URI.create("https://a.org/");
    assertThatThrownBy(() -> EnvironmentProxies.client(target, Map.of("https_proxy", value)))
        .isInstanceOf(JobException.class)
        .hasMessageStartingWith("Cannot download: found https_proxy=")
        .hasMessageContaining("expected a proxy such as http://proxy.example.org:3128");
  }

  /** The way of https through a proxy that asks who one is. */
  @Test
  void aProxyGetsTheNameAndThePassword() throws Exception {
    List<String> authorizations = new ArrayList<>();
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(
              () -> {
                authorizations.add(
                    answer(proxy, "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"));
                authorizations.add(answer(proxy, "HTTP/1.1 502 None\r\n"));
              });
      // A JVM's first client decides what proxies are told.
      Process process =
          OwnJvm.of(
                  Ask.class,
                  Map.of(),
                  List.of("https_proxy=http://joe:open@127.0.0.1:" + proxy.getLocalPort()))
              .redirectErrorStream(true)
              .start();
      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("Tunnel failed, got: 502");
      served.join();
    }
    String expected =
        "Basic " + Base64.getEncoder().encodeToString("joe:open".getBytes(StandardCharsets.UTF_8));
    assertThat(authorizations).containsExactly("", expected);
  }

  /** A client that asks by way of the proxy that its argument names. */
  static final class Ask {
    private Ask() {}

    /** Asks, and prints what becomes of it. */
    public static void main(String[] arguments) throws InterruptedException {
      URI target = URI.create("https://a.invalid/");
      HttpClient client = client(target, arguments[0]);
      HttpRequest request = HttpRequest.newBuilder(target).build();
      try {
        System.out.println(client.send(request, BodyHandlers.discarding()));
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /** Answers one CONNECT, and tells as whom it was sent. */
  private static String answer(ServerSocket proxy, String head) {
    try (Socket socket = proxy.accept()) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String authorization = "";
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        if (line.startsWith("Proxy-Authorization: ")) {
          authorization = line.substring(line.indexOf(' ') + 1);
        }
      }
      String answer = head + "Content-Length: 0\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      return authorization;
    } catch (IOException e) {
      throw new IllegalStateException("no request", e);
    }
  }

  private static HttpClient client(URI target, String variables) {
    Map<String, String> environment = new HashMap<>();
    if (variables != null) {
      environment =
          List.of(variables.split(" ")).stream()
              .map(each -> each.split("=", 2))
              .collect(Collectors.toMap(each -> each[0], each -> each[1]));
    }
    return EnvironmentProxies.client(target, environment).build();
  }
}
