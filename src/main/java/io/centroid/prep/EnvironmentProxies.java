package io.centroid.prep;

import io.centroid.error.JobException;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The proxies that variables of the environment name, as curl and others read them: {@code
 * http_proxy}, {@code https_proxy} and {@code all_proxy} have an address, {@code no_proxy} hosts
 * that are reached without one. Java's own properties, such as {@code https.proxyHost}, come first.
 *
 * @see <a href="https://curl.se/docs/manpage.html#ENVIRONMENT">curl: environment</a>
 */
final class EnvironmentProxies extends ProxySelector {
  /** As curl has it where an address names no port. */
  private static final int PORT = 1080;

  /** Java sends no password to a proxy for https unless this says so. */
  private static final String REFUSED_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

  private final Map<String, String> environment;

  private EnvironmentProxies(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * The beginning of a client that takes the way to an address that the environment says.
   *
   * @throws JobException category SETTINGS where what it says is no address of a proxy
   */
  static HttpClient.Builder client(URI target, Map<String, String> environment) {
    if (Stream.of("http", "https").anyMatch(of -> System.getProperty(of + ".proxyHost") != null)) {
      return HttpClient.newBuilder();
    }
    EnvironmentProxies proxies = new EnvironmentProxies(environment);
    Optional<Authenticator> user = proxies.proxy(target).map(URI::getUserInfo).map(OfProxy::new);
    if (user.isPresent() && System.getProperty(REFUSED_SCHEMES) == null) {
      System.setProperty(REFUSED_SCHEMES, ""); // read by a JVM's first client or request
    }
    HttpClient.Builder client = HttpClient.newBuilder().proxy(proxies);
    user.ifPresent(client::authenticator);
    return client;
  }

  @Override
  public List<Proxy> select(URI target) {
    return List.of(
        proxy(target)
            .map(
                proxy ->
                    new Proxy(
                        Proxy.Type.HTTP,
                        new InetSocketAddress(
                            proxy.getHost(), proxy.getPort() < 0 ? PORT : proxy.getPort())))
            .orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
    // Whoever asked is told.
  }

  private Optional<URI> proxy(URI target) {
    String scheme = target.getScheme().toLowerCase(Locale.ROOT);
    // In capitals it could be what a web server made of a request.
    Stream<String> names =
        scheme.equals("http")
            ? Stream.of("http_proxy", "all_proxy", "ALL_PROXY")
            : Stream.of("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
    return names
        .filter(name -> !environment.getOrDefault(name, "").isBlank())
        .findFirst()
        .filter(name -> !isExcepted(target))
        .map(name -> address(name, environment.get(name).strip()));
  }

  private static URI address(String name, String value) {
    try {
      URI address = URI.create(value.contains("://") ? value : "http://" + value);
      if ("http".equalsIgnoreCase(address.getScheme()) && address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // as one without a host
    }
    throw JobException.settings(
        "Cannot download: found %s=%s, expected a proxy such as http://proxy.example.org:3128. Correct or unset it, or give a copy of the data with --data."
            .formatted(name, value));
  }

  private boolean isExcepted(URI target) {
    String host = target.getHost().toLowerCase(Locale.ROOT);
    String excepted =
        Stream.of("no_proxy", "NO_PROXY")
            .map(name -> environment.getOrDefault(name, ""))
            .filter(list -> !list.isBlank())
            .findFirst()
            .orElse("");
    return Stream.of(excepted.toLowerCase(Locale.ROOT).split("[,\\s]+"))
        .map(each -> each.replaceFirst("^\\*?\\.", "").replaceFirst(":\\d+$", ""))
        .filter(each -> !each.isEmpty())
        .anyMatch(each -> each.equals("*") || host.equals(each) || host.endsWith("." + each));
  }

  /** Who is asked for a name and password by a proxy, and by nobody else. */
  private static final class OfProxy extends Authenticator {
    private final String name;
    private final String password;

    /** Of {@code name:password}. */
    OfProxy(String user) {
      String[] parts = user.split(":", 2);
      name = parts[0];
      password = parts.length == 1 ? "" : parts[1];
    }

    @Override
    protected PasswordAuthentication getPasswordAuthentication() {
      return getRequestorType() == RequestorType.PROXY
          ? new PasswordAuthentication(name, password.toCharArray())
          : null;
    }
  }
}
