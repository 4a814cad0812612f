using Amazon.Runtime;

namespace Ttm.Recorder.Storage;

/// <summary>
/// HTTP as the SDK wants it, but for three things: connections are renewed, so that a moved name is found; an answer may not stall (the client's own time-out
/// ends where the content begins); and small requests do not wait for "100 Continue". That would spare nothing; and Ceph, having refused, takes the next
/// request on the connection for the body it never got.
/// </summary>
internal sealed class S3HttpClientFactory(TimeSpan timeout) : HttpClientFactory
{
    private const long WorthWaiting = 1 << 16;

    public override HttpClient CreateHttpClient(IClientConfig clientConfig)
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        return new HttpClient(new Manners(sockets, timeout)) { Timeout = timeout };
    }

    private sealed class Manners(HttpMessageHandler inner, TimeSpan timeout) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content?.Headers.ContentLength is null or < WorthWaiting)
                request.Headers.ExpectContinue = false;
            var response = await base.SendAsync(request, cancellationToken);
            var headers = response.Content.Headers.NonValidated;
            var content = new StreamContent(new StallLimitedStream(await response.Content.ReadAsStreamAsync(cancellationToken), timeout));
            foreach (var (name, values) in headers)
                content.Headers.TryAddWithoutValidation(name, values);
            response.Content = content;
            return response;
        }
    }
}
