"""The words by which settings are known: for each concept the phrases that name it.

A phrase is in lower case with underscores. ``{a,b}`` stands for either, as in a shell; a leading
``*`` for any words or none; ``*x*`` for any words with ``x`` among them; and what is in capitals
for one of the words below. A name means the first concept that it fits; one
that ends in ``!`` when the flag says the opposite, and nothing when the concept is empty.
"""

from typing import Final

WORDS: Final[dict[str, str]] = {
    "PASSWORD": "password,passwd,passphrase,pass,pwd",
    "STORE": (
        "postgres,postgresql,pg,db,database,databases,mysql,mariadb,mongo,mongodb,redis,rabbitmq,"
        "amqp,broker,minio,clickhouse,neo4j,elastic,elasticsearch,mssql,oracle,cassandra,influx,"
        "influxdb,arango,couchdb,memcached,sqlalchemy,kafka,qdrant,weaviate,milvus,timescale,"
        "cockroach"
    ),
    "PROVIDER": (
        "aws,stripe,google,github,gitlab,facebook,twitter,twilio,sendgrid,slack,openai,anthropic,"
        "s3,recaptcha,captcha,hcaptcha,turnstile,oauth,oauth2,oidc,client,webhook,mailgun,azure,"
        "gcp,telegram,discord,paypal,cloudflare,algolia,firebase,mailchimp,shopify,dropbox,"
        "cloudinary,pusher,plaid,razorpay,linkedin,apple,auth0,okta,keycloak,sso,saml,vapid,bot,"
        "sms,storage"
    ),
    "BYTES": ",_mb,_kb,_bytes,_in_mb,_in_kb,_in_bytes",
}

PHRASES: Final[tuple[tuple[str, str], ...]] = (
    (
        "environment",
        (
            "{env,environment}{,_name,_state,_type} stage mode {app,run,deploy}_{mode,stage}"
            " {app,django,flask,fastapi,node,deploy,deployment,python,run,runtime,service}"
            "{_,}{env,environment}{,_name}"
        ),
    ),
    (
        "password.hashers",
        (
            "password_{hasher,hashers,schemes,hash_scheme,hash_schemes,hash_algorithm} pwd_schemes"
            " security_password_hash"
        ),
    ),
    ("password.bcrypt_rounds", "*bcrypt_{,log_}rounds *bcrypt_{cost,work_factor}"),
    ("password.validators", "auth_password_validators"),
    (
        "password.min_length",
        (
            "*password_{min,minimum}_{len,length} *{min,minimum}_password_{len,length}"
            " security_password_length_min"
        ),
    ),
    ("session.serializer", "session_serializer"),
    ("csrf.enabled!", "*{disable,skip}_csrf{,_protection,_check} *csrf{,_protection}_disabled"),
    (
        "csrf.enabled",
        (
            "wtf_csrf_{enabled,check_default} {,enable_}csrf{,_protection}{,_enabled}"
            " jwt_csrf_enabled *jwt_cookie_csrf_protect"
        ),
    ),
    ("storage.acl", "*default_acl"),
    ("tasks.accepted", "{,celery_}{,result_}accept_content"),
    ("tasks.serializer", "{,celery_}{task,result}_serializer"),
    ("cors.allow_all", "cors_{,origin_}allow_all{,_origins}"),
    (
        "cors.credentials",
        "*{allow,allowed,allows,supports}_credentials cors_credentials",
    ),
    (
        "cors.regex",
        "*allow_origin{_,}{regex,regexes,pattern} *cors*origin{_,}{regex,regexes,pattern}",
    ),
    ("csrf.origins", "csrf_trusted_origins"),
    (
        "cors.origins",
        (
            "*{cors,allowed,allow,whitelisted}_{origin,origins} *cors*{origin,origins}"
            " origins cors cors_origin_whitelist cors_allowed_origin_list"
            " cors_{allow_list,hosts,domains}"
        ),
    ),
    ("hosts.allowed", "*{allow,allowed,trusted}_{host,hosts} allowed_host_names"),
    (
        "proxy.trusted",
        (
            "*forwarded_allow_ips *trusted_{proxy,proxies}{,_ips,_hosts,_count}"
            " *proxy_trusted{,_hosts,_ips}"
        ),
    ),
    (
        "tls.redirect",
        (
            "secure_ssl_redirect {force,redirect,require}_{https,ssl,tls} {https,ssl}_redirect"
            " talisman_force_https"
        ),
    ),
    (
        "tls.verify!",
        (
            "*{skip,disable,no,ignore}_{ssl,tls,cert,certificate,https}{,_verify,_verification}"
            " *{ssl,tls}_{insecure,skip_verify,no_verify} *insecure_skip_{,tls_}verify"
            " *insecure_ssl *ssl_ignore{,_errors,_verification,_certificate,_certificates}"
        ),
    ),
    (
        "tls.verify",
        (
            "*verify_{ssl,tls,cert,certs,certificate,certificates,https}"
            " *{ssl,tls,https,cert}_{verify,verification}"
            "{,_cert,_certs,_certificate,_certificates,_enabled}"
            " *pythonhttpsverify *requests_verify *cert_reqs aws_s3_verify"
        ),
    ),
    ("tls.database", "*{,pg}ssl{_,}mode"),
    ("tls.mail", "{email,mail,smtp}_{,use_}{tls,ssl,starttls,ssl_tls}"),
    ("tls.minimum", "*{tls,ssl}_{,min_,minimum_}version"),
    (
        "header.hsts",
        "*hsts_{seconds,max_age,enabled} *enable_hsts strict_transport_security_max_age",
    ),
    ("header.nosniff", "{,secure_}content_type_nosniff"),
    ("header.frame", "{,x_}frame_options"),
    (
        "cookie.secure",
        (
            "*{cookie,cookies}_{,is_}secure{,_only} secure_{cookie,cookies}"
            " *{session,access,refresh,auth}_secure cookie_https_only *session_https_only"
        ),
    ),
    (
        "cookie.httponly",
        "*{cookie,cookies}_http{_,}only {session,access,refresh}_http{_,}only *jwt_auth_httponly",
    ),
    (
        "cookie.samesite",
        "*{cookie,cookies}_same{_,}site {session,access,refresh,auth}_same{_,}site",
    ),
    (
        "token.algorithms",
        "*{jwt,token,signing,auth,access}_{,decode_}algorithms *allowed_algorithms algorithms",
    ),
    (
        "token.algorithm",
        (
            "*{jwt,token,signing,signature,auth,oauth,oauth2,access,crypt}_{algorithm,algo,alg}"
            " algorithm security_algorithm"
        ),
    ),
    (
        "token.audience",
        "*{jwt,token,oidc,auth,auth0}_{,decode_}{audience,aud} audience",
    ),
    (
        "token.expires",
        "*{jwt,token}_{,options_}{verify,require,check}_{exp,expiry,expiration}",
    ),
    ("", "*{webhook,webhooks}*verify_{jwt,token,signature}{,s}"),  # whose signature is no token's
    ("token.verify", "*verify_{jwt,token,signature}{,s} jwt_verify"),
    # How the service signs in elsewhere, and one way to sign in among others.
    (
        "",
        (
            "*{smtp,mail,email,redis,proxy,ldap,oidc,oauth,oauth2,saml,sso,social,google,github,basic}"
            "_{,use_}{auth,authentication}_{enabled,required} *{enable,require,use}"
            "_{smtp,mail,email,redis,proxy,ldap,oidc,oauth,oauth2,saml,sso,social,google,github,basic}"
            "_{auth,authentication}"
        ),
    ),
    (
        "access.enabled!",
        (
            "*{disable,skip}_{auth,authentication} *{auth,authentication}_disabled *no_auth"
            " login_disabled"
            " *auto_login *bypass_auth *allow_anonymous{,_access} *anonymous_access *fail_open"
        ),
    ),
    (
        "access.enabled",
        (
            "*{auth,authentication}_{enabled,required} *{enable,require}_{auth,authentication}"
            " *use_auth *login_required"
        ),
    ),
    (
        "limit.enabled!",
        (
            "*{disable,skip,no}_rate{_,}{limit,limiting,limiter,limits}"
            " *rate{_,}{limit,limiting,limiter,limits}_disabled"
        ),
    ),
    (
        "limit.enabled",
        (
            "*rate{_,}{limit,limiting,limiter,limits}_{enabled,enable}"
            " *{enable,use}_rate{_,}{limit,limiting,limiter,limits} *{throttle,throttling}_enabled"
        ),
    ),
    (
        "limit.store",
        "*rate{_,}{limit,limiting,limiter}_{storage,store,redis,backend}{,_url,_uri}",
    ),
    (
        "limit.rate",
        (
            "*{rate,rate_}{limit,limits}{,_per_second,_per_minute,_per_hour,_per_day}"
            " *throttle_rate{,_per_second,_per_minute,_per_hour,_per_day} *ratelimit_default"
            " *limits_{public,anonymous,anon,authenticated,user,users,admin,login,default}"
        ),
    ),
    (
        "limit.page",
        "*max_{page_size,limit,per_page,page_limit} *page_size_max *pagination_max",
    ),
    (
        "limit.body",
        (
            "*max_content_lengthBYTES *max_body_{size,bytes,length}BYTES *body_limitBYTES"
            " *max_request_{size,body,body_size,bytes}BYTES *data_upload_max_memory_sizeBYTES"
        ),
    ),
    (
        "limit.upload",
        (
            "*max_upload{,_size,_bytes,_file_size,_file_bytes}BYTES *upload_{limit,size_limit}BYTES"
            " *upload_max_{size,bytes}BYTES *max_{file,image,attachment}_sizeBYTES"
            " *file_upload_max_memory_sizeBYTES"
        ),
    ),
    (
        "debug.sql_echo",
        "*{sqlalchemy,sql,db,database,engine,postgres}_echo{,_sql} *echo_sql echo *sql_debug",
    ),
    (
        "debug.log_level",
        "*{log,logging,logger}{_,}level logging_root_level *loggers*level",
    ),
    (
        "debug.errors",
        (
            "*propagate_exceptions *{show,expose}_{errors,traceback,tracebacks,error_details}"
            " *show_{exception,exceptions} *{include,return}_{traceback,tracebacks}"
            " *trap_bad_request_errors *detailed_errors"
        ),
    ),
    ("debug.reload", "*reload *autoreload"),
    ("", "*{disable,no}_debug{,_mode} *debug{,_mode}_disabled"),  # says little when it is off
    ("debug.enabled", "*debug{,_mode,_enabled,_on}"),
    (
        "graphql.ide",
        "*{graphiql,graphql_ide,graphql_playground,playground}{,_enabled}",
    ),
    ("graphql.introspection", "*introspection{,_enabled}"),
    (
        "docs.enabled",
        (
            "*{enable,show,expose,serve,use}_{,api_}{docs,swagger,openapi,documentation}"
            " *{docs,swagger,openapi}_{enabled,enable}"
        ),
    ),
    ("docs.redoc", "*redoc_{url,path}"),
    ("docs.openapi", "*openapi_{url,path,json_url}"),
    ("docs.url", "*{docs,swagger,swagger_ui}_{url,path}"),
    (
        "server.workers",
        (
            "web_concurrency workers{,_count}"
            " *{uvicorn,gunicorn,server,web,api,app,num,number_of}_workers{,_count}"
        ),
    ),
    (
        "admin.password",
        (
            "*{admin,administrator,superuser,super_user,superadmin,root_user,initial_user}_PASSWORD"
            " *{default_user,owner,pgadmin_default}_PASSWORD"
            " *{admin,administrator,superuser,superadmin,owner}"
            "*{user,account,initial,default,login,email}_PASSWORD"
        ),
    ),
    (
        "admin.user",
        (
            "*{,first_,initial_,default_}{superuser,admin}"
            "{,_user,_username,_user_name,_email,_login,_name}"
        ),
    ),
    (
        "database.password",
        "*STORE*PASSWORD pgpassword mysql_pwd *minio*{secret,secret_key}",
    ),
    (
        "database.user",
        "*STORE*{user,username,login} pguser *minio*access_key *{s3,r2,spaces,aws}_access_key",
    ),
    ("database.host", "*STORE*{host,server,hostname,address} pghost"),
    (
        "database.url",
        (
            "*STORE*{url,uri,dsn,connection_string,conn_str}"
            " *{celery,cache,queue,store,result}*{url,uri,dsn,connection_string,conn_str}"
            " {,celery_}{broker,result}_{backend,url} {,celery_,task_}broker *caches*location dsn"
            " *layers*hosts"
        ),
    ),
    (
        "encryption.key",
        (
            "*{encryption,encrypt,fernet,crypto,cipher,aes,master}_{key,keys,secret,secret_key}"
            " *secret_encryption_key"
        ),
    ),
    (
        "signing.secret",
        "{,app_,api_,my_}webhook_{,signing_}{secret,key,secret_key}",
    ),
    (
        "provider.secret",
        (
            "*PROVIDER*{secret,key,token} *PROVIDER*PASSWORD"
            " *api{_,}{key,keys,token,tokens,secret} *{access_key,client_secret,webhook_secret}"
            " *{auth,bot,private,bearer,access,service,github}_token *license_key *dsn_secret"
        ),
    ),
    (
        "signing.secret",
        (
            "*secret{,key,_key,_key_base,_token} *jwt{_,}{secret,key} *hmac_key *private_key"
            " *signing_{key,keys,secrets} *token_{,signing_}key *password_salt"
            " secret_key_fallbacks secret_{access,refresh}_key"
        ),
    ),
    ("password", "*PASSWORD"),
    ("service.url", "*sentry_dsn"),
    (
        "service.url",
        (
            "*{service,api,auth,upstream,backend,keycloak,gateway,internal,payment,payments,webhook,"
            "oidc,jwks,issuer,vault,elasticsearch,registry,provider}*{url,uri,endpoint}"
            " *jwks_uri *upstream"
        ),
    ),
    (
        "server.host",
        "host *{server,app,api,uvicorn,bind,listen,web,http,service}_host {bind,listen}_address",
    ),
)

# What lives, by the concept of its lifetime; secaudit.naming.lifetimes finds it in a name.
LIVING: Final[tuple[tuple[str, str], ...]] = (
    ("token.refresh_lifetime", "*refresh{,_token,_jwt,_token_jwt}"),
    (
        "token.access_lifetime",
        "*{access,jwt,auth,bearer,id,knox}_token *{jwt,token,tokens}_access token jwt access",
    ),
)
