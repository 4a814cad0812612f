using Amazon.Runtime;

namespace Ttm.Recorder.Storage;

/// <summary>
/// HTTP as the SDK wants it, but for two things: connections are renewed, so that a moved name is found, and small requests do not wait for
/// "100 Continue". That would spare nothing; and Ceph, having refused, takes the next request on the connection for the body it never got.
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
        return new HttpClient(new SmallRequestsAtOnce(sockets)) { Timeout = timeout };
    }

    private sealed class SmallRequestsAtOnce(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content?.Headers.ContentLength is null or < WorthWaiting)
                request.Headers.ExpectContinue = false;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
